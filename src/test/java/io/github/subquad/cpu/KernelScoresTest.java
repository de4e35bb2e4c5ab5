package io.github.subquad.cpu;

import static io.github.subquad.cpu.KernelCases.ULP;
import static io.github.subquad.cpu.KernelCases.UNTOUCHED;
import static io.github.subquad.cpu.KernelCases.assertClose;
import static io.github.subquad.cpu.KernelCases.block;
import static io.github.subquad.cpu.KernelCases.gauss;
import static io.github.subquad.cpu.Kernels.SLACK;
import static io.github.subquad.cpu.Kernels.WIDTH;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;

@Tag("lanes")
class KernelScoresTest {

    private static final String CASES = "io.github.subquad.cpu.KernelCases#kernelsKeysChannels";
    private static final String KERNELS = "io.github.subquad.cpu.KernelCases#kernels";

    @ParameterizedTest(name = "{0}, {1} keys, {2} channels, seeds 1 and 2")
    @MethodSource(CASES)
    void scoresAreTheDotProductsInFloat64(Kernels kernels, int n, int d) {
        check(kernels, n, d, 0, d, 0);
    }

    @ParameterizedTest(name = "{0}, {1} keys, {2} channels, seeds 1 and 2")
    @MethodSource(CASES)
    void offsetsAndStridesAreHonoured(Kernels kernels, int n, int d) {
        check(kernels, n, d, 7, d + 5, 11);
    }

    /** d products and sums round by at most (d + 1) · ULP of the sum of magnitudes. */
    private static void check(Kernels kernels, int n, int d, int ko, int kStride, int qo) {
        var k = gauss(ko + (n - 1) * kStride + d, 1);
        var qt = gauss(qo + d * WIDTH, 2);
        var s = block(n, WIDTH);
        kernels.scores(k, ko, kStride, n, d, qt, qo, s, 0);
        for (int j = 0; j < n; j++) {
            for (int w = 0; w < WIDTH; w++) {
                double sum = 0;
                double magnitude = 0;
                for (int c = 0; c < d; c++) {
                    var product = (double) k[ko + j * kStride + c] * qt[qo + c * WIDTH + w];
                    sum += product;
                    magnitude += Math.abs(product);
                }
                assertClose(
                        s[j * WIDTH + w], sum, (d + 1) * ULP * magnitude, "score", j * WIDTH + w);
            }
        }
        var end = (n + SLACK) * WIDTH;
        assertThat(Arrays.copyOfRange(s, end, s.length)).containsOnly(UNTOUCHED);
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aSpoiltQuerySpoilsItsOwnColumnOnly(Kernels kernels) {
        var n = 77;
        var d = 13;
        var k = gauss(n * d, 1);
        var qt = gauss(d * WIDTH, 2);
        var good = block(n, WIDTH);
        kernels.scores(k, 0, d, n, d, qt, 0, good, 0);
        qt[5 * WIDTH + 17] = Float.NaN;
        qt[5 * WIDTH + 40] = Float.POSITIVE_INFINITY;
        var s = block(n, WIDTH);
        kernels.scores(k, 0, d, n, d, qt, 0, s, 0);
        for (int i = 0; i < n * WIDTH; i++) {
            switch (i % WIDTH) {
                case 17 -> assertThat(s[i]).isNaN();
                case 40 -> assertThat(s[i]).isInfinite();
                default -> assertThat(s[i]).isEqualTo(good[i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aSpoiltKeySpoilsItsOwnRowOnly(Kernels kernels) {
        var n = 13;
        var d = 40;
        var k = gauss(n * d, 1);
        var qt = gauss(d * WIDTH, 2);
        var good = block(n, WIDTH);
        kernels.scores(k, 0, d, n, d, qt, 0, good, 0);
        k[6 * d + 39] = Float.NaN;
        var s = block(n, WIDTH);
        kernels.scores(k, 0, d, n, d, qt, 0, s, 0);
        for (int i = 0; i < n * WIDTH; i++) {
            if (i / WIDTH == 6) {
                assertThat(s[i]).isNaN();
            } else {
                assertThat(s[i]).isEqualTo(good[i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aScoreHasTheSameBitsWhereverItsKeyAndQueryLie(Kernels kernels) {
        var n = 77;
        var d = 77;
        var k = gauss(n * d, 3);
        var qt = gauss(d * WIDTH, 4);
        for (int j = 0; j < n; j++) {
            System.arraycopy(k, 0, k, j * d, d);
        }
        for (int i = 0; i < d * WIDTH; i++) {
            qt[i] = qt[i / WIDTH * WIDTH];
        }
        var s = block(n, WIDTH);
        kernels.scores(k, 0, d, n, d, qt, 0, s, 0);
        assertThat(Arrays.copyOf(s, n * WIDTH)).containsOnly(s[0]);
    }
}
