package io.github.subquad.cpu;

import static io.github.subquad.cpu.KernelCases.UNTOUCHED;
import static io.github.subquad.cpu.KernelCases.assertClose;
import static io.github.subquad.cpu.KernelCases.assertSame;
import static io.github.subquad.cpu.KernelCases.block;
import static io.github.subquad.cpu.KernelCases.gauss;
import static io.github.subquad.cpu.Kernels.WIDTH;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.Float.NEGATIVE_INFINITY;
import static java.lang.Float.NaN;
import static java.lang.Float.POSITIVE_INFINITY;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;

@Tag("lanes")
class KernelMaskTest {

    private static final String CASES = "io.github.subquad.cpu.KernelCases#kernelsAndSize";
    private static final String KERNELS = "io.github.subquad.cpu.KernelCases#kernels";

    /** A product and a sum: one ULP of each, and that of log2(e) as a float. */
    private static void checkBiased(float got, float score, float bias, int i) {
        if (bias == NEGATIVE_INFINITY) {
            assertThat(got).isEqualTo(NEGATIVE_INFINITY);
            return;
        }
        var b = bias / Math.log(2);
        var bound = 2 * KernelCases.ULP * (Math.abs(b) + Math.abs(score + b));
        assertClose(got, score + b, bound, "score " + score + " under bias " + bias + " at", i);
    }

    @ParameterizedTest(name = "{0}, {1} keys, seeds 1 and 2")
    @MethodSource(CASES)
    void aKeyBiasIsAddedToAllQueries(Kernels kernels, int n) {
        var bo = 3;
        var bias = gauss(bo + n, 1, 10);
        bias[bo + n / 2] = NEGATIVE_INFINITY;
        var before = gauss(n * WIDTH + 5, 2, 10);
        var s = before.clone();
        kernels.addKeyBias(s, n, bias, bo);
        for (int i = 0; i < n * WIDTH; i++) {
            checkBiased(s[i], before[i], bias[bo + i / WIDTH], i);
        }
        assertThat(Arrays.copyOfRange(s, n * WIDTH, s.length))
                .isEqualTo(Arrays.copyOfRange(before, n * WIDTH, s.length));
    }

    @ParameterizedTest(name = "{0}, {1} scores, seeds 1 and 2")
    @MethodSource(CASES)
    void aBiasIsAddedElementByElement(Kernels kernels, int count) {
        var bo = 3;
        var bias = gauss(bo + count, 1, 10);
        bias[bo + count / 2] = NEGATIVE_INFINITY;
        var before = gauss(count + 5, 2, 10);
        var s = before.clone();
        kernels.addBias(s, count, bias, bo);
        for (int i = 0; i < count; i++) {
            checkBiased(s[i], before[i], bias[bo + i], i);
        }
        assertThat(Arrays.copyOfRange(s, count, s.length))
                .isEqualTo(Arrays.copyOfRange(before, count, s.length));
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void nothingLeaksFromBehindAMask(Kernels kernels) {
        for (float hidden : new float[] {NaN, POSITIVE_INFINITY, NEGATIVE_INFINITY, 3.4e38f}) {
            var s = block(1, WIDTH);
            Arrays.fill(s, hidden);
            kernels.addKeyBias(s, 1, new float[] {NEGATIVE_INFINITY}, 0);
            assertThat(Arrays.copyOf(s, WIDTH)).containsOnly(NEGATIVE_INFINITY);

            Arrays.fill(s, hidden);
            var bias = new float[WIDTH + 3];
            Arrays.fill(bias, NEGATIVE_INFINITY);
            kernels.addBias(s, WIDTH + 3, bias, 0);
            assertThat(Arrays.copyOf(s, WIDTH + 3)).containsOnly(NEGATIVE_INFINITY);

            Arrays.fill(s, hidden);
            kernels.maskDiagonal(s, 1, -WIDTH);
            assertThat(Arrays.copyOf(s, WIDTH)).containsOnly(NEGATIVE_INFINITY);
        }
    }

    /** −3.4e38 · log2(e) is −∞ in float32, but the caller wrote a finite bias. */
    @ParameterizedTest
    @MethodSource(KERNELS)
    void theLeastFiniteBiasStaysFinite(Kernels kernels) {
        for (float bias : new float[] {-3.4e38f, -Float.MAX_VALUE}) {
            for (float score : new float[] {0, 1e4f, -1e4f, -1e30f}) {
                var s = block(1, WIDTH);
                Arrays.fill(s, score);
                kernels.addKeyBias(s, 1, new float[] {bias}, 0);
                assertThat(s[0]).isFinite().isLessThanOrEqualTo(-0x1p126f);
                Arrays.fill(s, score);
                kernels.addBias(s, 1, new float[] {bias}, 0);
                assertThat(s[0]).isFinite().isLessThanOrEqualTo(-0x1p126f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aMaskedScoreStaysMaskedUnderAFiniteBias(Kernels kernels) {
        for (float bias : new float[] {0, 5, -3.4e38f}) {
            var s = block(1, WIDTH);
            Arrays.fill(s, NEGATIVE_INFINITY);
            kernels.addKeyBias(s, 1, new float[] {bias}, 0);
            assertThat(Arrays.copyOf(s, WIDTH)).containsOnly(NEGATIVE_INFINITY);
            var biases = new float[WIDTH];
            Arrays.fill(biases, bias);
            kernels.addBias(s, WIDTH, biases, 0);
            assertThat(Arrays.copyOf(s, WIDTH)).containsOnly(NEGATIVE_INFINITY);
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void aBiasThatIsNotANumberSpoilsItsScores(Kernels kernels) {
        var s = new float[WIDTH + 1];
        kernels.addKeyBias(s, 1, new float[] {NaN}, 0);
        assertThat(s[0]).isNaN();
        assertThat(s[WIDTH]).isZero();
        s = new float[WIDTH];
        var bias = new float[WIDTH];
        bias[9] = NaN;
        kernels.addBias(s, WIDTH, bias, 0);
        assertThat(s[9]).isNaN();
        assertThat(s[8]).isZero();
    }

    @ParameterizedTest(name = "{0}, {1} keys, diagonals −70 to 210")
    @MethodSource(CASES)
    void aQuerySeesTheKeysUpToItsDiagonal(Kernels kernels, int n) {
        for (int diagonal = -70; diagonal <= 210; diagonal += 14) {
            var s = block(n, WIDTH);
            kernels.maskDiagonal(s, n, diagonal);
            for (int i = 0; i < s.length; i++) {
                var masked = i / WIDTH < n && i / WIDTH > diagonal + i % WIDTH;
                assertSame(s[i], masked ? NEGATIVE_INFINITY : UNTOUCHED, "score", i);
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1} keys, seed 1")
    @MethodSource(CASES)
    void theGreatestScoreOfEachColumnIsFound(Kernels kernels, int n) {
        var from = n / 3;
        var s = gauss(n * WIDTH, 1, 100);
        s[from * WIDTH + 7] = NaN;
        s[from * WIDTH + 8] = NEGATIVE_INFINITY;
        s[from * WIDTH + 9] = -3.4e38f;
        s[from * WIDTH + 10] = POSITIVE_INFINITY;
        var max = new float[WIDTH];
        Arrays.fill(max, NEGATIVE_INFINITY);
        max[11] = 1e4f;
        var expected = max.clone();
        kernels.columnMax(s, from, n, max);
        for (int i = from * WIDTH; i < s.length; i++) {
            if (!Float.isNaN(s[i])) {
                expected[i % WIDTH] = Math.max(expected[i % WIDTH], s[i]);
            }
        }
        assertThat(max).isEqualTo(expected);
    }
}
