package io.github.subquad.cpu;

import static io.github.subquad.cpu.KernelCases.ULP;
import static io.github.subquad.cpu.KernelCases.UNTOUCHED;
import static io.github.subquad.cpu.KernelCases.assertClose;
import static io.github.subquad.cpu.KernelCases.block;
import static io.github.subquad.cpu.KernelCases.gauss;
import static io.github.subquad.cpu.KernelCases.untouched;
import static io.github.subquad.cpu.Kernels.ROWS;
import static io.github.subquad.cpu.Kernels.WIDTH;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Both layouts go through the same checks: a block of WIDTH columns and one of ROWS. */
@Tag("lanes")
class KernelWeightsTest {

    private static final String CASES = "io.github.subquad.cpu.KernelCases#kernelsAndSize";
    private static final String KERNELS = "io.github.subquad.cpu.KernelCases#kernels";

    /** As documented: the polynomial's 9.1e-8 and the roundings of six steps. */
    private static final double RELATIVE = 2e-7;

    private static final float RISE = 24;

    /** Either kernel, by the width of its block. */
    private static boolean weights(
            Kernels kernels, int width, float[] s, int n, float[] neg, int no, float[] part) {
        return width == WIDTH
                ? kernels.weights(s, n, neg, no, part, RISE)
                : kernels.rowWeights(s, n, neg, no, part, RISE);
    }

    @ParameterizedTest(name = "{0}, {1} keys, seeds 1 and 2")
    @MethodSource(CASES)
    void weightsAreThePowersOfTwoAndTheirSums(Kernels kernels, int n) {
        for (int width : new int[] {WIDTH, ROWS}) {
            var x = gauss(n * width, 1, 30);
            var no = 5;
            var neg = gauss(no + width, 2, 3);
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.min(x[i], 20 - neg[no + i % width]) - (i % 7 == 0 ? 80 : 0);
            }
            var s = Arrays.copyOf(x, block(n, width).length);
            var part = untouched(WIDTH);
            assertThat(weights(kernels, width, s, n, neg, no, part)).isFalse();
            checkWeights(x, neg, no, width, s);
            for (int w = 0; w < width; w++) {
                checkSum(s, n, width, w, part[w]);
            }
        }
    }

    private static void checkWeights(float[] x, float[] neg, int no, int width, float[] s) {
        for (int i = 0; i < x.length; i++) {
            var exponent = x[i] + neg[no + i % width]; // in float32, as the kernel adds
            var exact = exponent < -126 ? 0 : Math.pow(2, exponent);
            assertClose(s[i], exact, RELATIVE * exact, "2^" + exponent + " at", i);
        }
    }

    /** n − 1 sums of what is not negative: (n − 1) · ULP of the sum. */
    private static void checkSum(float[] s, int n, int width, int w, float part) {
        var sum = IntStream.range(0, n).mapToDouble(j -> s[j * width + w]).sum();
        assertClose(part, sum, n * ULP * sum, "sum of", w);
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void everyExponentOfTheRangeIsWithinTheBound(Kernels kernels) {
        var n = 2048;
        var s = new float[(n + Kernels.SLACK) * WIDTH];
        for (int i = 0; i < n * WIDTH; i++) {
            s[i] = -127 + 150f * i / (n * WIDTH);
        }
        var x = Arrays.copyOf(s, n * WIDTH);
        var neg = new float[WIDTH];
        assertThat(kernels.weights(s, n, neg, 0, new float[WIDTH], RISE)).isFalse();
        checkWeights(x, neg, 0, WIDTH, s);
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void maskedAndVanishingScoresGiveExactlyZero(Kernels kernels) {
        var gone =
                new float[] {Float.NEGATIVE_INFINITY, -1e4f, -3.4e38f, -Float.MAX_VALUE, -126.01f};
        for (int width : new int[] {WIDTH, ROWS}) {
            for (float x : gone) {
                var s = block(3, width);
                Arrays.fill(s, 0, 3 * width, x);
                var part = untouched(WIDTH);
                assertThat(weights(kernels, width, s, 3, new float[width], 0, part)).isFalse();
                assertThat(Arrays.copyOf(s, 3 * width)).containsOnly(0);
                assertThat(Arrays.copyOf(part, width)).containsOnly(0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aRiseIsToldFromAnyLaneAndOnlyAboveTheBound(Kernels kernels) {
        for (int width : new int[] {WIDTH, ROWS}) {
            for (int i = 0; i < 3 * width; i++) {
                for (float x : new float[] {Math.nextUp(RISE), 127, 1e4f, 3.4e38f}) {
                    assertThat(risen(kernels, width, i, x)).as("%s at %d", x, i).isTrue();
                }
                assertThat(risen(kernels, width, i, RISE)).as("the bound at %d", i).isFalse();
                assertThat(risen(kernels, width, i, -1e4f)).as("-1e4 at %d", i).isFalse();
            }
        }
    }

    private static boolean risen(Kernels kernels, int width, int at, float x) {
        var s = block(3, width);
        Arrays.fill(s, 0, 3 * width, -1);
        s[at] = x;
        return weights(kernels, width, s, 3, new float[width], 0, new float[WIDTH]);
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aRiseAboveZeroIsToldWhereTheMaximumIsExact(Kernels kernels) {
        var s = block(1, WIDTH);
        Arrays.fill(s, 0, WIDTH, 3);
        var neg = untouched(WIDTH);
        Arrays.fill(neg, -3);
        assertThat(kernels.weights(s.clone(), 1, neg, 0, new float[WIDTH], 0)).isFalse();
        s[50] = Math.nextUp(3f);
        assertThat(kernels.weights(s, 1, neg, 0, new float[WIDTH], 0)).isTrue();
    }

    /** Whatever the sign and the payload: hardware makes negative ones, files hold any. */
    @ParameterizedTest
    @MethodSource(KERNELS)
    void notANumberStaysSoAndCountsAsARise(Kernels kernels) {
        for (int width : new int[] {WIDTH, ROWS}) {
            for (int bits : new int[] {0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, -1}) {
                var s = block(3, width);
                var good = block(3, width);
                Arrays.fill(s, 0, 3 * width, -1.5f);
                Arrays.fill(good, 0, 3 * width, -1.5f);
                s[width + 2] = Float.intBitsToFloat(bits);
                var part = new float[WIDTH];
                var goodPart = new float[WIDTH];
                assertThat(weights(kernels, width, s, 3, new float[width], 0, part)).isTrue();
                weights(kernels, width, good, 3, new float[width], 0, goodPart);
                assertThat(s[width + 2]).isNaN();
                assertThat(part[2]).isNaN();
                s[width + 2] = good[width + 2];
                part[2] = goodPart[2];
                assertThat(Arrays.copyOf(s, 3 * width)).isEqualTo(Arrays.copyOf(good, 3 * width));
                assertThat(Arrays.copyOf(part, width)).isEqualTo(Arrays.copyOf(goodPart, width));
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1} keys")
    @MethodSource(CASES)
    void nothingBeyondTheSlackIsTouched(Kernels kernels, int n) {
        for (int width : new int[] {WIDTH, ROWS}) {
            var s = block(n, width);
            weights(kernels, width, s, n, new float[width], 0, new float[WIDTH]);
            var end = (n + Kernels.SLACK) * width;
            assertThat(Arrays.copyOfRange(s, end, s.length)).containsOnly(UNTOUCHED);
        }
    }
}
