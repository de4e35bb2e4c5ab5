package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** Empty sets, hidden rows, huge scores, NaN and infinity in a backward pass. */
@Tag("contract")
@Tag("lanes")
class GradientSpecialValuesContractTest {
    private static final long SEED = 7;
    private static final float[] BAD = {Float.NaN, Float.POSITIVE_INFINITY};

    /** Blocks with ragged ends, and few queries. */
    private static final List<AttentionShape> SHAPES =
            List.of(
                    new AttentionShape(2, 2, 70, 75, 12, 9),
                    new AttentionShape(2, 1, 3, 75, 8, 20));

    /** With and without kept weights. */
    static Stream<Arguments> subjects() {
        return Subject.all().stream()
                .flatMap(s -> Stream.of(Arguments.of(s, true), Arguments.of(s, false)));
    }

    private static GradientCase.Pass pass(GradientCase c, Subject subject, boolean checkpoint) {
        return c.pass(subject, c.options().useCheckpoint(checkpoint).build());
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void emptySetsGiveZerosOrNothing(Subject subject, boolean checkpoint) {
        var noKeys = GradientCase.of(new AttentionShape(2, 1, 5, 0, 8, 4), SEED);
        assertThat(pass(noKeys, subject, checkpoint).gradients().query().toFloatArray())
                .hasSize(80)
                .containsOnly(0);
        var noQueries = GradientCase.of(new AttentionShape(2, 2, 0, 5, 8, 4), SEED);
        AttentionGradients zeros = pass(noQueries, subject, checkpoint).gradients();
        assertThat(zeros.query().elements()).isZero();
        assertThat(zeros.key().toFloatArray()).hasSize(80).containsOnly(0);
        assertThat(zeros.value().toFloatArray()).hasSize(40).containsOnly(0);
        var noHeads = GradientCase.of(AttentionShape.of(0, 3, 5, 8), SEED);
        assertThat(pass(noHeads, subject, checkpoint).gradients().key().elements()).isZero();
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void rowsThatSeeNothingHaveGradientsOfZero(Subject subject, boolean checkpoint) {
        for (AttentionShape shape : SHAPES) {
            long q = shape.queryTokens();
            long k = shape.keyTokens();
            Tensor truth = Case.truth(SEED, 0.5, 1, q, k);
            truth.narrow(1, 1, 1).fill(0);
            truth.narrow(2, 4, 1).fill(0); // a key that nobody sees
            Tensor bias = Tensor.allocate(DataType.F32, 1, q, k).fill(0);
            bias.narrow(1, 1, 1).fill(Float.NEGATIVE_INFINITY);
            bias.narrow(2, 4, 1).fill(Float.NEGATIVE_INFINITY);
            for (Tensor mask : List.of(truth, bias)) {
                GradientCase c = GradientCase.of(shape, SEED).withMask(mask);
                GradientCase.Pass pass = pass(c, subject, checkpoint);
                assertThat(row(pass.gradients().query(), 1, 1)).containsOnly(0);
                assertThat(row(pass.gradients().key(), 0, 4)).containsOnly(0);
                assertThat(row(pass.gradients().value(), 0, 4)).containsOnly(0);
                assertThat(c.verdict(pass)).matches(GradientVerdict::ok);
            }
            GradientCase blind =
                    GradientCase.of(shape, SEED).withMask(Case.truth(SEED, 0, 1, 1, k));
            for (float[] gradient : pass(blind, subject, checkpoint).bits()) {
                assertThat(gradient).doesNotContain(Float.NaN);
                for (float x : gradient) {
                    assertThat(x).isZero();
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void moreQueriesThanKeysLeaveTheFirstCausalRowsZero(Subject subject, boolean checkpoint) {
        var shape = AttentionShape.of(2, 100, 30, 9);
        GradientCase c = GradientCase.of(shape, DataType.F32, Causal.BOTTOM_RIGHT, SEED);
        GradientCase.Pass pass = pass(c, subject, checkpoint);
        assertThat(pass.gradients().query().narrow(1, 0, 70).toFloatArray()).containsOnly(0);
        assertThat(c.verdict(pass)).matches(GradientVerdict::ok);
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void hugeScoresStayRight(Subject subject, boolean checkpoint) {
        for (AttentionShape shape : SHAPES) {
            GradientCase c = GradientCase.of(shape, SEED);
            for (double scale : new double[] {1e4, -1e4, 3000}) {
                var options =
                        c.options()
                                .scale(scale / shape.channels())
                                .useCheckpoint(checkpoint)
                                .build();
                GradientCase.Pass pass = c.pass(subject, options);
                GradientVerdict verdict = c.verdict(pass, options);
                assertThat(verdict).as("scale " + scale).matches(GradientVerdict::ok);
                assertThat(verdict.value().relativeError()).isLessThan(1e-3);
            }
        }
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void whatAMaskHidesFromAllDoesNotLeak(Subject subject, boolean checkpoint) {
        for (AttentionShape shape : SHAPES) {
            long k = shape.keyTokens();
            long[] hidden = {0, 3, k - 1};
            for (long rows : new long[] {1, shape.queryTokens()}) {
                Tensor truth = Tensor.allocate(DataType.BOOL, 1, rows, k).fill(1);
                Tensor bias = Case.gaussian(SEED, DataType.F32, 1, rows, k);
                for (long j : hidden) {
                    truth.narrow(2, j, 1).fill(0);
                    bias.narrow(2, j, 1).fill(Float.NEGATIVE_INFINITY);
                }
                for (Tensor mask : List.of(truth, bias)) {
                    GradientCase clean = GradientCase.of(shape, SEED).withMask(mask);
                    float[][] expected = pass(clean, subject, checkpoint).bits();
                    for (float bad : BAD) {
                        GradientCase dirty = GradientCase.of(shape, SEED).withMask(mask);
                        for (long j : hidden) {
                            dirty.call().key().narrow(1, j, 1).fill(bad);
                            dirty.call().value().narrow(1, j, 1).fill(bad);
                        }
                        assertThat(pass(dirty, subject, checkpoint).bits())
                                .isDeepEqualTo(expected);
                    }
                }
            }
        }
    }

    /** Neither its query nor the gradient of its output, although the row's tile is computed. */
    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void aRowThatSeesNothingDoesNotLeak(Subject subject, boolean checkpoint) {
        for (AttentionShape shape : SHAPES) {
            Tensor mask = Tensor.allocate(DataType.BOOL, 1, shape.queryTokens(), shape.keyTokens());
            mask.fill(1).narrow(1, 1, 1).fill(0);
            GradientCase clean = GradientCase.of(shape, SEED).withMask(mask);
            float[][] expected = pass(clean, subject, checkpoint).bits();
            for (float bad : BAD) {
                GradientCase dirty = GradientCase.of(shape, SEED).withMask(mask);
                dirty.call().query().narrow(1, 1, 1).fill(bad);
                dirty.gradOutput().narrow(1, 1, 1).fill(bad);
                assertThat(pass(dirty, subject, checkpoint).bits()).isDeepEqualTo(expected);
            }
        }
    }

    /** What a query spoils: its own gradient, and those of the keys that it sees. */
    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void nanOfAQueryOrOfItsGradientSpreadsToTheKeysItSeesAlone(
            Subject subject, boolean checkpoint) {
        var shape = new AttentionShape(2, 2, 70, 75, 12, 9);
        Tensor mask = Case.truth(SEED, 0.5, 1, 70, 75);
        mask.set(1, 0, 33, 0);
        mask.set(0, 0, 33, 1);
        GradientCase clean = GradientCase.of(shape, SEED).withMask(mask);
        AttentionGradients expected = pass(clean, subject, checkpoint).gradients();
        for (boolean ofOutput : new boolean[] {true, false}) {
            GradientCase dirty = GradientCase.of(shape, SEED).withMask(mask);
            (ofOutput ? dirty.gradOutput() : dirty.call().query()).set(Float.NaN, 0, 33, 2);
            AttentionGradients got = pass(dirty, subject, checkpoint).gradients();
            for (long h = 0; h < 2; h++) {
                for (long i = 0; i < 70; i++) {
                    if (h == 0 && i == 33) {
                        assertThat(row(got.query(), h, i)).containsOnly(Float.NaN);
                    } else {
                        assertThat(row(got.query(), h, i)).isEqualTo(row(expected.query(), h, i));
                    }
                }
                for (long j = 0; j < 75; j++) {
                    if (h == 0 && mask.get(0, 33, j) != 0) {
                        assertThat(row(got.key(), h, j)).containsOnly(Float.NaN);
                        assertThat(got.value().get(h, j, 2)).isNaN();
                    } else {
                        assertThat(row(got.key(), h, j)).isEqualTo(row(expected.key(), h, j));
                        assertThat(row(got.value(), h, j)).isEqualTo(row(expected.value(), h, j));
                    }
                }
            }
        }
    }

    /** What a key spoils: the queries that see it, and all keys that those see. */
    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void nanOfAKeyStaysWithTheQueriesThatSeeIt(Subject subject, boolean checkpoint) {
        for (Causal causal : List.of(Causal.TOP_LEFT, Causal.BOTTOM_RIGHT)) {
            var shape = new AttentionShape(2, 2, 70, 70, 12, 9);
            GradientCase clean = GradientCase.of(shape, DataType.F32, causal, SEED);
            AttentionGradients expected = pass(clean, subject, checkpoint).gradients();
            for (boolean inKey : new boolean[] {true, false}) {
                GradientCase dirty = GradientCase.of(shape, DataType.F32, causal, SEED);
                Tensor spoilt = inKey ? dirty.call().key() : dirty.call().value();
                spoilt.set(Float.NaN, 1, 41, 0);
                GradientCase.Pass pass = pass(dirty, subject, checkpoint);
                AttentionGradients got = pass.gradients();
                assertThat(got.query().narrow(0, 0, 1).toFloatArray())
                        .isEqualTo(expected.query().narrow(0, 0, 1).toFloatArray());
                assertThat(got.key().narrow(0, 0, 1).toFloatArray())
                        .isEqualTo(expected.key().narrow(0, 0, 1).toFloatArray());
                for (long i = 0; i < 70; i++) {
                    if (i < 41) {
                        assertThat(row(got.query(), 1, i)).isEqualTo(row(expected.query(), 1, i));
                    } else {
                        assertThat(row(got.query(), 1, i)).containsOnly(Float.NaN);
                    }
                }
                assertThat(row(got.key(), 1, 0)).containsOnly(Float.NaN);
                assertThat(row(got.key(), 1, 69)).containsOnly(Float.NaN);
                assertThat(dirty.verdict(pass)).matches(GradientVerdict::ok);
            }
        }
    }

    private static float[] row(Tensor tensor, long head, long token) {
        return SpecialValuesContractTest.row(tensor, head, token);
    }
}
