package io.github.subquad.cpu;

import static io.github.subquad.cpu.KernelCases.ULP;
import static io.github.subquad.cpu.KernelCases.UNTOUCHED;
import static io.github.subquad.cpu.KernelCases.assertClose;
import static io.github.subquad.cpu.KernelCases.assertSame;
import static io.github.subquad.cpu.KernelCases.block;
import static io.github.subquad.cpu.KernelCases.gauss;
import static io.github.subquad.cpu.KernelCases.untouched;
import static io.github.subquad.cpu.Kernels.CHANNEL_MULTIPLE;
import static io.github.subquad.cpu.Kernels.WIDTH;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;

@Tag("lanes")
class KernelGradientsTest {
    private static final String CASES = "io.github.subquad.cpu.KernelCases#kernelsAndSize";
    private static final String KERNELS = "io.github.subquad.cpu.KernelCases#kernels";

    /** Of a weight: that of 2^x; of its gradient two more roundings. */
    private static final double RELATIVE = 2e-7;

    @ParameterizedTest(name = "{0}, {1} rows, seeds 1 to 4")
    @MethodSource(CASES)
    void weightsAndTheirGradientsAreThoseOfTheFormula(Kernels kernels, int n) {
        var scores = gauss(n * WIDTH, 1, 8);
        var gradients = gauss(n * WIDTH, 2, 3);
        var offset = 3;
        var neg = gauss(n + offset, 3, 20);
        var delta = gauss(n + offset, 4);
        var s = Arrays.copyOf(scores, block(n, WIDTH).length);
        var ds = Arrays.copyOf(gradients, s.length);
        kernels.scoreGradients(s, ds, n, neg, delta, offset);
        for (int i = 0; i < n * WIDTH; i++) {
            var row = i / WIDTH + offset;
            var exponent = scores[i] + neg[row]; // in float32, as the kernel adds
            var weight = exponent < -126 ? 0 : Math.pow(2, exponent);
            assertClose(s[i], weight, RELATIVE * weight, "weight", i);
            var difference = (double) gradients[i] - delta[row];
            var gradient = weight * difference;
            var bound = (RELATIVE + 2 * ULP) * Math.abs(gradient);
            assertClose(ds[i], gradient, bound, "gradient", i);
        }
        assertThat(Arrays.copyOfRange(s, n * WIDTH, s.length)).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aHiddenPairHasNoGradientWhateverItsValueHolds(Kernels kernels) {
        var s = new float[WIDTH];
        var ds = new float[WIDTH];
        Arrays.fill(s, Float.NEGATIVE_INFINITY);
        float[] hostile = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1};
        for (int w = 0; w < WIDTH; w++) {
            ds[w] = hostile[w % hostile.length];
        }
        kernels.scoreGradients(s, ds, 1, new float[] {Float.NaN}, new float[] {Float.NaN}, 0);
        assertThat(s).containsOnly(0);
        assertThat(ds).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aSpoiltRowHidesWhatItHid(Kernels kernels) {
        var s = new float[WIDTH];
        var ds = new float[WIDTH];
        s[5] = Float.NEGATIVE_INFINITY;
        kernels.scoreGradients(s, ds, 1, new float[] {Float.NaN}, new float[] {Float.NaN}, 0);
        for (int w = 0; w < WIDTH; w++) {
            assertSame(s[w], w == 5 ? 0 : Float.NaN, "weight", w);
            assertSame(ds[w], w == 5 ? 0 : Float.NaN, "gradient", w);
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aRowThatSeesNothingHasNoGradient(Kernels kernels) {
        var s = gauss(WIDTH, 5);
        var ds = gauss(WIDTH, 6);
        float[] neg = {Float.NEGATIVE_INFINITY};
        kernels.scoreGradients(s, ds, 1, neg, new float[] {2}, 0);
        assertThat(s).containsOnly(0);
        assertThat(ds).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void notANumberStaysInItsPlace(Kernels kernels) {
        var s = new float[2 * WIDTH];
        var ds = new float[2 * WIDTH];
        Arrays.fill(ds, 3);
        s[7] = Float.NaN;
        ds[WIDTH + 9] = Float.NaN;
        kernels.scoreGradients(s, ds, 2, new float[] {-1, -1}, new float[] {1, 1}, 0);
        for (int i = 0; i < s.length; i++) {
            assertSame(s[i], i == 7 ? Float.NaN : 0.5f, "weight", i);
            assertSame(ds[i], i == 7 || i == WIDTH + 9 ? Float.NaN : 1, "gradient", i);
        }
    }

    @ParameterizedTest(name = "{0}, {1} rows, seeds 7 to 9")
    @MethodSource(CASES)
    void productsAreAddedToWhatIsThere(Kernels kernels, int n) {
        for (int width = CHANNEL_MULTIPLE;
                width <= 9 * CHANNEL_MULTIPLE;
                width += CHANNEL_MULTIPLE) {
            for (int m : new int[] {1, 2, 63, WIDTH}) {
                checkProduct(kernels, n, m, width);
            }
        }
    }

    private static void checkProduct(Kernels kernels, int n, int m, int width) {
        var bo = 2;
        var co = 4;
        var a = gauss(n * WIDTH, 7);
        var b = gauss(bo + m * width, 8);
        var c = untouched(co + n * width + 3);
        var before = gauss(n * width, 9);
        System.arraycopy(before, 0, c, co, before.length);
        kernels.addProduct(a, n, m, b, bo, width, c, co);
        for (int i = 0; i < n; i++) {
            for (int x = 0; x < width; x++) {
                var sum = 0.0;
                var magnitude = 0.0;
                for (int j = 0; j < m; j++) {
                    var term = (double) a[i * WIDTH + j] * b[bo + j * width + x];
                    sum += term;
                    magnitude += Math.abs(term);
                }
                var expected = sum + before[i * width + x];
                var bound = ULP * ((m + 1) * magnitude + Math.abs(expected));
                assertClose(c[co + i * width + x], expected, bound, "row " + i + " at", x);
            }
        }
        assertThat(Arrays.copyOf(c, co)).containsOnly(UNTOUCHED);
        assertThat(Arrays.copyOfRange(c, co + n * width, c.length)).containsOnly(UNTOUCHED);
    }
}
