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
import java.util.Objects;
import java.util.stream.Stream;

/** Empty sets, hidden rows, huge scores, NaN and infinity in a backward pass. */
@Tag("contract")
@Tag("lanes")
class GradientSpecialValuesContractTest {
    private static final long SEED = 7;
    private static final float[] BAD = {Float.NaN, Float.POSITIVE_INFINITY};

    /** Blocks with ragged ends, and few queries. */
    private static final List<AttentionShape> SHAPES =
            List.of(new AttentionShape(2, 2, 66, 70, 6, 9), new AttentionShape(2, 1, 3, 75, 8, 20));

    /** With and without kept weights. */
    static Stream<Arguments> subjects() {
        return Subject.withOwnBackward().stream()
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
                        assertClose(pass(dirty, subject, checkpoint).bits(), expected);
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
                assertClose(pass(dirty, subject, checkpoint).bits(), expected);
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
        GradientCase clean = GradientCase.of(shape, SEED).withMask(mask);
        for (boolean ofOutput : new boolean[] {true, false}) {
            AttentionGradients expected = pass(clean, subject, checkpoint).gradients();
            GradientCase dirty = GradientCase.of(shape, SEED).withMask(mask);
            (ofOutput ? dirty.gradOutput() : dirty.call().query()).set(Float.NaN, 0, 33, 2);
            spoil(expected.query(), 0, 33);
            for (long j = 0; j < 75; j++) {
                if (mask.get(0, 33, j) != 0) {
                    spoil(expected.key(), 0, j);
                    if (ofOutput) {
                        expected.value().set(Float.NaN, 0, j, 2);
                    } else {
                        spoil(expected.value(), 0, j);
                    }
                }
            }
            assertClose(pass(dirty, subject, checkpoint).gradients(), expected);
        }
    }

    /** What a key spoils: the queries that see it, and all keys that those see. */
    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void nanOfAKeyOrValueSpreadsByTheQueriesThatSeeItAlone(Subject subject, boolean checkpoint) {
        var shape = new AttentionShape(2, 2, 70, 75, 12, 9);
        Tensor mask = Case.truth(SEED, 0.1, 1, 70, 75);
        GradientCase clean = GradientCase.of(shape, SEED).withMask(mask);
        for (boolean ofKey : new boolean[] {true, false}) {
            AttentionGradients expected = pass(clean, subject, checkpoint).gradients();
            GradientCase dirty = GradientCase.of(shape, SEED).withMask(mask);
            (ofKey ? dirty.call().key() : dirty.call().value()).set(Float.NaN, 1, 41, 0);
            for (long i = 0; i < 70; i++) {
                for (long j = 0; mask.get(0, i, 41) != 0 && j < 75; j++) {
                    if (mask.get(0, i, j) != 0) {
                        spoil(expected.query(), 1, i);
                        spoil(expected.key(), 1, j);
                        if (ofKey) {
                            spoil(expected.value(), 1, j);
                        }
                    }
                }
            }
            assertClose(pass(dirty, subject, checkpoint).gradients(), expected);
        }
    }

    /** The row's log-sum-exp is NaN, also where blocks of keys hold none. */
    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void aSpoiltRowLeavesTheKeysAloneThatItDoesNotSee(Subject subject, boolean checkpoint) {
        var shape = AttentionShape.of(1, 20, 600, 8);
        long[] hidden = {1, 300, 599};
        Tensor mask = Tensor.allocate(DataType.F32, 1, 20, 600);
        mask.narrow(2, 0, 1).fill(Float.NEGATIVE_INFINITY);
        mask.set(0, 0, 0, 0); // row 0 alone sees key 0
        for (long j : hidden) {
            mask.set(Float.NEGATIVE_INFINITY, 0, 0, j);
        }
        GradientCase clean = GradientCase.of(shape, SEED).withMask(mask);
        GradientCase dirty = GradientCase.of(shape, SEED).withMask(mask);
        dirty.call().key().narrow(1, 0, 1).fill(Float.NaN);
        var options = clean.options().useCheckpoint(checkpoint).maskGradient(true).build();
        AttentionGradients expected = clean.pass(subject, options).gradients();
        AttentionGradients got = dirty.pass(subject, options).gradients();
        Tensor expectedMask = Objects.requireNonNull(expected.mask());
        spoil(expected.query(), 0, 0);
        for (long j = 0; j < 600; j++) {
            if (mask.get(0, 0, j) == 0) {
                spoil(expected.key(), 0, j);
                spoil(expected.value(), 0, j);
                expectedMask.set(Float.NaN, 0, 0, j);
            }
        }
        assertClose(got, expected);
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void theFutureDoesNotLeak(Subject subject, boolean checkpoint) {
        for (Causal causal : List.of(Causal.TOP_LEFT, Causal.BOTTOM_RIGHT)) {
            var shape = new AttentionShape(2, 2, 70, 70, 12, 9);
            GradientCase clean = GradientCase.of(shape, DataType.F32, causal, SEED);
            AttentionGradients expected = pass(clean, subject, checkpoint).gradients();
            GradientCase dirty = GradientCase.of(shape, DataType.F32, causal, SEED);
            dirty.call().key().set(Float.NaN, 1, 69, 0);
            dirty.call().value().set(Float.NEGATIVE_INFINITY, 1, 69, 0);
            spoil(expected.query(), 1, 69);
            for (long j = 0; j < 70; j++) {
                spoil(expected.key(), 1, j);
                spoil(expected.value(), 1, j);
            }
            assertClose(pass(dirty, subject, checkpoint).gradients(), expected);
        }
    }

    private static void spoil(Tensor gradient, long head, long token) {
        gradient.narrow(0, head, 1).narrow(1, token, 1).fill(Float.NaN);
    }

    private static void assertClose(AttentionGradients got, AttentionGradients expected) {
        assertClose(bits(got), bits(expected));
    }

    private static float[][] bits(AttentionGradients gradients) {
        return new GradientCase.Pass(gradients.query(), gradients.query(), gradients).bits();
    }

    /** NaN in the same places; engines may take another way around them, and round otherwise. */
    private static void assertClose(float[][] got, float[][] expected) {
        for (int part = 0; part < expected.length; part++) {
            float greatest = 0;
            for (float x : expected[part]) {
                greatest = Float.isNaN(x) ? greatest : Math.max(greatest, Math.abs(x));
            }
            assertThat(got[part]).hasSameSizeAs(expected[part]);
            for (int i = 0; i < got[part].length; i++) {
                float x = expected[part][i];
                float y = got[part][i];
                assertThat(Float.isNaN(x) ? Float.isNaN(y) : Math.abs(x - y) <= 3e-6f * greatest)
                        .as("part %d, element %d: expected %s, got %s", part, i, x, y)
                        .isTrue();
            }
        }
    }

    private static float[] row(Tensor tensor, long head, long token) {
        return SpecialValuesContractTest.row(tensor, head, token);
    }
}
