package io.github.subquad;

import static io.github.subquad.Case.logSumExp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** Empty sets, hidden rows, huge scores, NaN and infinity. */
@Tag("contract")
@Tag("lanes")
class SpecialValuesContractTest {
    private static final long SEED = 7;

    static List<Subject> subjects() {
        return Subject.all();
    }

    /** By blocks of lanes, by rows, and with keys split. */
    private static final List<AttentionShape> SHAPES =
            List.of(
                    AttentionShape.of(2, 70, 150, 12),
                    AttentionShape.of(2, 3, 150, 12),
                    AttentionShape.of(1, 2, 8200, 4));

    @ParameterizedTest
    @MethodSource("subjects")
    void emptyKeySetGivesZeros(Subject subject) {
        Case c = Case.of(new AttentionShape(2, 1, 5, 0, 8, 4), SEED);
        AttentionResult result = c.attend(subject);
        assertThat(result.output().toFloatArray()).containsOnly(0);
        assertThat(logSumExp(result).toFloatArray()).containsOnly(Float.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void noQueriesAndNoHeadsGiveEmptyOutputs(Subject subject) {
        for (AttentionShape shape :
                List.of(AttentionShape.of(2, 0, 5, 8), AttentionShape.of(0, 3, 5, 8))) {
            assertThat(Case.of(shape, SEED).attend(subject).output().elements()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void rowsThatSeeNothingAreZeros(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            Tensor mask = Case.truth(SEED, 0.5, 1, shape.queryTokens(), shape.keyTokens());
            for (long j = 0; j < shape.keyTokens(); j++) {
                mask.set(0, 0, 1, j);
            }
            AttentionResult result = Case.of(shape, SEED).withMask(mask).attend(subject);
            assertThat(row(result.output(), 0, 1)).containsOnly(0);
            assertThat(logSumExp(result).get(0, 1)).isEqualTo(Float.NEGATIVE_INFINITY);
            assertThat(logSumExp(result).get(0, 0)).isFinite();
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void moreQueriesThanKeysLeaveTheFirstCausalRowsEmpty(Subject subject) {
        Case c = Case.of(AttentionShape.of(2, 100, 30, 9), DataType.F32, Causal.BOTTOM_RIGHT, SEED);
        AttentionResult result = c.attend(subject);
        assertThat(row(result.output(), 1, 69)).containsOnly(0);
        assertThat(logSumExp(result).get(1, 69)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(row(result.output(), 1, 70)).isEqualTo(row(c.value(), 1, 0));
        assertThat(c.verdict(result)).matches(Verdict::ok);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void hugeScoresStayRight(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            Case c = Case.of(shape, SEED);
            for (double scale : new double[] {1e4, -1e4, 3000}) {
                var options = c.options().scale(scale / shape.channels()).build();
                AttentionResult result = c.attend(subject, options);
                Verdict verdict = c.verdict(result, options);
                assertThat(verdict).as("scale " + scale).matches(Verdict::ok);
                assertThat(verdict.relativeError()).isLessThan(1e-3);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void scoresThatClimbFromKeyToKeyStayRight(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            Case c = Case.of(shape, SEED);
            for (long j = 0; j < shape.keyTokens(); j++) {
                for (long d = 0; d < shape.channels(); d++) {
                    long i = j;
                    c.key().set(c.key().get(0, i, d) * (1 + i * 0.2f), 0, i, d);
                }
            }
            assertThat(c.verdict(c.attend(subject))).matches(Verdict::ok);
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void greatValuesDoNotOverflow(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            Case c = Case.of(shape, SEED);
            for (long j = 0; j < shape.keyTokens(); j++) {
                c.value().set(1e29f, 0, j, 0);
            }
            assertThat(c.attend(subject).output().get(0, 1, 0)).isBetween(0.99999e29f, 1.00001e29f);
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void nanInAQueryStaysInItsRow(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            Case c = Case.of(shape, SEED);
            AttentionResult clean = c.attend(subject);
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                c.query().set(bad, 0, 1, 2);
                Tensor spoilt = c.attend(subject).output();
                assertThat(row(spoilt, 0, 1)).containsOnly(Float.NaN);
                for (long h = 0; h < shape.queryHeads(); h++) {
                    for (long i = h == 0 ? 2 : 0; i < shape.queryTokens(); i++) {
                        assertThat(row(spoilt, h, i)).isEqualTo(row(clean.output(), h, i));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void nanOfAVisibleKeyOrValueIsNotLost(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            for (boolean inKey : new boolean[] {true, false}) {
                Case c = Case.of(shape, SEED);
                (inKey ? c.key() : c.value()).set(Float.NaN, 0, shape.keyTokens() - 1, 1);
                Tensor output = c.attend(subject).output();
                assertThat(output.get(0, 0, 1)).isNaN();
                assertThat(output.get(0, shape.queryTokens() - 1, 1)).isNaN();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void whatAMaskHidesDoesNotLeak(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            long k = shape.keyTokens();
            Case clean = Case.of(shape, SEED);
            Case dirty = Case.of(shape, SEED);
            for (long j : new long[] {0, 3, k - 1}) {
                dirty.key().set(Float.NaN, 0, j, 0);
                dirty.value().set(j == 3 ? Float.POSITIVE_INFINITY : Float.NaN, 0, j, 0);
            }
            for (long rows : new long[] {1, shape.queryTokens()}) {
                Tensor truth = Case.truth(SEED, 1, 1, rows, k);
                Tensor bias = Case.gaussian(SEED, DataType.F32, 1, rows, k);
                for (long i = 0; i < rows; i++) {
                    for (long j : new long[] {0, 3, k - 1}) {
                        truth.set(0, 0, i, j);
                        bias.set(Float.NEGATIVE_INFINITY, 0, i, j);
                    }
                }
                for (Tensor mask : List.of(truth, bias)) {
                    Tensor expected = clean.withMask(mask).attend(subject).output();
                    Tensor got = dirty.withMask(mask).attend(subject).output();
                    assertClose(got.toFloatArray(), expected.toFloatArray());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void theFutureDoesNotLeak(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            long last = shape.keyTokens() - 1;
            Case clean = Case.of(shape, DataType.F32, Causal.BOTTOM_RIGHT, SEED);
            Case dirty = Case.of(shape, DataType.F32, Causal.BOTTOM_RIGHT, SEED);
            dirty.key().set(Float.NaN, 0, last, 0);
            dirty.value().set(Float.NaN, 0, last, 0);
            Tensor expected = clean.attend(subject).output();
            Tensor got = dirty.attend(subject).output();
            for (long i = 0; i < shape.queryTokens() - 1; i++) {
                assertClose(row(got, 0, i), row(expected, 0, i));
            }
            assertThat(got.get(0, shape.queryTokens() - 1, 0)).isNaN();
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void theLeastFloatAsABiasHidesLikeAModelsPadding(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            Tensor bias = Tensor.allocate(DataType.F32, 1, 1, shape.keyTokens());
            for (long j = 0; j < shape.keyTokens() / 2; j++) {
                bias.set(-Float.MAX_VALUE, 0, 0, j);
            }
            Case c = Case.of(shape, SEED).withMask(bias);
            assertThat(c.attend(subject).output().toFloatArray()).doesNotContain(Float.NaN);
            assertClose(
                    c.attend(subject).output().toFloatArray(),
                    Case.of(shape, SEED)
                            .withMask(half(shape.keyTokens()))
                            .attend(subject)
                            .output()
                            .toFloatArray());
        }
    }

    /** Truth values that show the second half of the keys. */
    private static Tensor half(long keys) {
        Tensor truth = Tensor.allocate(DataType.BOOL, 1, 1, keys);
        for (long j = keys / 2; j < keys; j++) {
            truth.set(1, 0, 0, j);
        }
        return truth;
    }

    static float[] row(Tensor tensor, long head, long token) {
        return tensor.narrow(0, head, 1).narrow(1, token, 1).toFloatArray();
    }

    private static void assertClose(float[] got, float[] expected) {
        assertThat(got).hasSameSizeAs(expected);
        for (int i = 0; i < got.length; i++) {
            assertThat(got[i]).as("element %d", i).isCloseTo(expected[i], within(expected[i]));
        }
    }

    private static org.assertj.core.data.Offset<Float> within(float expected) {
        return org.assertj.core.data.Offset.offset(1e-5f * (1 + Math.abs(expected)));
    }
}
