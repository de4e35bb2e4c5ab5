package io.github.subquad.cpu;

import static io.github.subquad.cpu.KernelCases.ULP;
import static io.github.subquad.cpu.KernelCases.assertClose;
import static io.github.subquad.cpu.KernelCases.gauss;
import static io.github.subquad.cpu.Kernels.WIDTH;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("lanes")
class KernelWeightedSumTest {

    private static final String CASES = "io.github.subquad.cpu.KernelCases#kernelsKeysChannels";
    private static final String KERNELS = "io.github.subquad.cpu.KernelCases#kernels";

    @ParameterizedTest(name = "{0}, {1} keys, {2} channels, seeds 1 to 3")
    @MethodSource(CASES)
    void theSumIsThatOfFloat64OnTopOfWhatWasThere(Kernels kernels, int n, int dv) {
        check(kernels, n, dv, 0, dv, 0);
    }

    @ParameterizedTest(name = "{0}, {1} keys, {2} channels, seeds 1 to 3")
    @MethodSource(CASES)
    void offsetsAndStridesAreHonoured(Kernels kernels, int n, int dv) {
        check(kernels, n, dv, 3, dv + 7, 9);
    }

    /** n products and sums, and one sum more: (n + 2) · ULP of the sum of magnitudes. */
    private static void check(Kernels kernels, int n, int dv, int vo, int vStride, int oo) {
        var s = gauss(n * WIDTH, 1);
        var v = gauss(vo + (n - 1) * vStride + dv, 2);
        var before = gauss(oo + dv * WIDTH + 5, 3);
        var ot = before.clone();
        kernels.weightedSum(s, n, v, vo, vStride, dv, ot, oo);
        for (int c = 0; c < dv; c++) {
            for (int w = 0; w < WIDTH; w++) {
                var at = oo + c * WIDTH + w;
                double sum = before[at];
                double magnitude = Math.abs(sum);
                for (int j = 0; j < n; j++) {
                    var product = (double) v[vo + j * vStride + c] * s[j * WIDTH + w];
                    sum += product;
                    magnitude += Math.abs(product);
                }
                assertClose(
                        ot[at],
                        sum,
                        (n + 2) * ULP * magnitude,
                        "channel · WIDTH + query",
                        c * WIDTH + w);
            }
        }
        for (int i = 0; i < ot.length; i++) {
            if (i < oo || i >= oo + dv * WIDTH) {
                assertThat(ot[i]).isEqualTo(before[i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void theBlocksSumIsMadeApart(Kernels kernels) {
        var s = gauss(2 * WIDTH, 1);
        var ot = new float[WIDTH];
        for (int w = 0; w < WIDTH; w++) {
            s[w] = 1;
            s[WIDTH + w] = 1;
            ot[w] = 0x1p24f; // + 1 is lost on it, + 2 is not
        }
        kernels.weightedSum(s, 2, new float[] {1, 1}, 0, 1, 1, ot, 0);
        assertThat(ot).containsOnly(0x1p24f + 2);
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aSpoiltValueSpoilsItsOwnChannelOnly(Kernels kernels) {
        var n = 13;
        var dv = 77;
        var s = gauss(n * WIDTH, 1);
        var v = gauss(n * dv, 2);
        var good = new float[dv * WIDTH];
        kernels.weightedSum(s, n, v, 0, dv, dv, good, 0);
        v[4 * dv + 76] = Float.NaN;
        v[4 * dv + 30] = Float.NEGATIVE_INFINITY;
        var ot = new float[dv * WIDTH];
        kernels.weightedSum(s, n, v, 0, dv, dv, ot, 0);
        for (int i = 0; i < ot.length; i++) {
            switch (i / WIDTH) {
                case 76 -> assertThat(ot[i]).isNaN();
                case 30 -> assertThat(ot[i]).isInfinite();
                default -> assertThat(ot[i]).isEqualTo(good[i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aSpoiltWeightSpoilsItsOwnQueryOnly(Kernels kernels) {
        var n = 13;
        var dv = 13;
        var s = gauss(n * WIDTH, 1);
        var v = gauss(n * dv, 2);
        var good = new float[dv * WIDTH];
        kernels.weightedSum(s, n, v, 0, dv, dv, good, 0);
        s[12 * WIDTH + 63] = Float.NaN;
        var ot = new float[dv * WIDTH];
        kernels.weightedSum(s, n, v, 0, dv, dv, ot, 0);
        for (int i = 0; i < ot.length; i++) {
            if (i % WIDTH == 63) {
                assertThat(ot[i]).isNaN();
            } else {
                assertThat(ot[i]).isEqualTo(good[i]);
            }
        }
    }
}
