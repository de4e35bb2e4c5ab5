package io.github.subquad.cpu;

import static io.github.subquad.cpu.KernelCases.ULP;
import static io.github.subquad.cpu.KernelCases.UNTOUCHED;
import static io.github.subquad.cpu.KernelCases.assertClose;
import static io.github.subquad.cpu.KernelCases.gauss;
import static io.github.subquad.cpu.KernelCases.untouched;
import static io.github.subquad.cpu.Kernels.ROWS;
import static io.github.subquad.cpu.Kernels.SLACK;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;

/** The kernels for few rows; their weights are with {@link KernelWeightsTest}. */
@Tag("lanes")
class KernelRowsTest {

    private static final String CASES = "io.github.subquad.cpu.KernelCases#kernelsKeysChannels";
    private static final String KERNELS = "io.github.subquad.cpu.KernelCases#kernels";

    /** d products and sums in any order: (d + 1) · ULP of the sum of magnitudes. */
    @ParameterizedTest(name = "{0}, {1} keys, {2} channels, seeds 1 and 2")
    @MethodSource(CASES)
    void rowScoresAreTheDotProductsInFloat64(Kernels kernels, int n, int d) {
        int ko = 7;
        int kStride = d + 5;
        int qo = 3;
        int qStride = d + 2;
        int so = 2 * ROWS;
        var k = gauss(ko + (n - 1) * kStride + d, 1);
        var q = gauss(qo + (ROWS - 1) * qStride + d, 2);
        var s = untouched(so + (n + SLACK) * ROWS + 5);
        kernels.rowScores(q, qo, qStride, k, ko, kStride, n, d, s, so);
        for (int i = 0; i < n * ROWS; i++) {
            double sum = 0;
            double magnitude = 0;
            for (int c = 0; c < d; c++) {
                var product =
                        (double) k[ko + i / ROWS * kStride + c] * q[qo + i % ROWS * qStride + c];
                sum += product;
                magnitude += Math.abs(product);
            }
            assertClose(s[so + i], sum, (d + 1) * ULP * magnitude, "score", i);
        }
        assertThat(Arrays.copyOf(s, so)).containsOnly(UNTOUCHED);
        assertThat(Arrays.copyOfRange(s, so + (n + SLACK) * ROWS, s.length))
                .containsOnly(UNTOUCHED);
    }

    /** n products and sums, and one sum more. */
    @ParameterizedTest(name = "{0}, {1} keys, {2} channels, seeds 1 to 3")
    @MethodSource(CASES)
    void rowSumsAreThoseOfFloat64OnTopOfWhatWasThere(Kernels kernels, int n, int dv) {
        int vo = 7;
        int vStride = dv + 5;
        int oo = 3;
        int oStride = dv + 2;
        int so = 2 * ROWS;
        var s = gauss(so + n * ROWS, 1);
        var v = gauss(vo + (n - 1) * vStride + dv, 2);
        var before = gauss(oo + (ROWS - 1) * oStride + dv + 20, 3);
        var o = before.clone();
        kernels.rowWeightedSum(s, so, n, v, vo, vStride, dv, o, oo, oStride);
        var expected = before.clone();
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < dv; c++) {
                var at = oo + r * oStride + c;
                double sum = before[at];
                double magnitude = Math.abs(sum);
                for (int j = 0; j < n; j++) {
                    var product = (double) v[vo + j * vStride + c] * s[so + j * ROWS + r];
                    sum += product;
                    magnitude += Math.abs(product);
                }
                assertClose(o[at], sum, (n + 2) * ULP * magnitude, "row " + r + ", channel", c);
                expected[at] = o[at];
            }
        }
        assertThat(o).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void piecesGiveTheSameScoresAsTheWhole(Kernels kernels) {
        var n = 77;
        var d = 40;
        var k = gauss(n * d, 1);
        var q = gauss(ROWS * d, 2);
        var whole = untouched((n + SLACK) * ROWS);
        var pieces = untouched((n + SLACK) * ROWS);
        kernels.rowScores(q, 0, d, k, 0, d, n, d, whole, 0);
        for (int j = 0; j < n; j += 8) {
            kernels.rowScores(q, 0, d, k, j * d, d, Math.min(8, n - j), d, pieces, j * ROWS);
        }
        assertThat(Arrays.copyOf(pieces, n * ROWS)).isEqualTo(Arrays.copyOf(whole, n * ROWS));
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aScoreHasTheSameBitsInAnyRowAndForAnyPlaceOfItsKey(Kernels kernels) {
        var n = 13;
        for (int d : new int[] {13, 77, 128}) {
            var k = gauss(n * d, 3);
            var q = gauss(ROWS * d, 4);
            for (int j = 0; j < n; j++) {
                System.arraycopy(k, 0, k, j * d, d);
            }
            for (int r = 0; r < ROWS; r++) {
                System.arraycopy(q, 0, q, r * d, d);
            }
            var s = untouched((n + SLACK) * ROWS);
            kernels.rowScores(q, 0, d, k, 0, d, n, d, s, 0);
            assertThat(Arrays.copyOf(s, n * ROWS)).containsOnly(s[0]);
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aSpoiltRowOrKeySpoilsNothingElse(Kernels kernels) {
        var n = 13;
        var d = 77;
        var k = gauss(n * d, 1);
        var q = gauss(ROWS * d, 2);
        var good = untouched((n + SLACK) * ROWS);
        kernels.rowScores(q, 0, d, k, 0, d, n, d, good, 0);
        q[2 * d + 76] = Float.NaN;
        k[5 * d] = Float.POSITIVE_INFINITY;
        var s = untouched((n + SLACK) * ROWS);
        kernels.rowScores(q, 0, d, k, 0, d, n, d, s, 0);
        for (int i = 0; i < n * ROWS; i++) {
            if (i % ROWS == 2) {
                assertThat(s[i]).isNaN();
            } else if (i / ROWS == 5) {
                assertThat(s[i]).isInfinite();
            } else {
                assertThat(s[i]).isEqualTo(good[i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aSpoiltWeightOrValueSpoilsItsRowOrChannelOnly(Kernels kernels) {
        var n = 13;
        var dv = 77;
        var s = gauss(n * ROWS, 1);
        var v = gauss(n * dv, 2);
        var good = new float[ROWS * dv];
        kernels.rowWeightedSum(s, 0, n, v, 0, dv, dv, good, 0, dv);
        s[3 * ROWS + 1] = Float.NaN;
        v[4 * dv + 76] = Float.NEGATIVE_INFINITY;
        var o = new float[ROWS * dv];
        kernels.rowWeightedSum(s, 0, n, v, 0, dv, dv, o, 0, dv);
        for (int i = 0; i < o.length; i++) {
            if (i / dv == 1) {
                assertThat(o[i]).isNaN();
            } else if (i % dv == 76) {
                assertThat(o[i]).isInfinite();
            } else {
                assertThat(o[i]).isEqualTo(good[i]);
            }
        }
    }
}
