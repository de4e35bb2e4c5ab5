package io.github.subquad.cpu;

import static io.github.subquad.cpu.KernelCases.UNTOUCHED;
import static io.github.subquad.cpu.KernelCases.gauss;
import static io.github.subquad.cpu.KernelCases.untouched;
import static io.github.subquad.cpu.Kernels.WIDTH;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;

/** One product each: results are compared to the bit. */
@Tag("lanes")
class KernelTransposeTest {

    private static final String CASES = "io.github.subquad.cpu.KernelCases#kernelsAndSize";

    private static final int[] ROW_COUNTS = {1, 3, 7, 8, 13, 16, 17, 31, 50, 63, 64};

    @ParameterizedTest(name = "{0}, {1} channels, 1 to 64 rows, seed 1")
    @MethodSource(CASES)
    void rowsBecomeColumnsAndTheLastRowIsRepeated(Kernels kernels, int d) {
        for (int n : ROW_COUNTS) {
            var stride = d + 3;
            var rows = gauss(5 + (n - 1) * stride + d, 1);
            rows[5] = Float.NaN;
            rows[rows.length - 1] = Float.NEGATIVE_INFINITY;
            var scale = 0.3f;
            var t = untouched(2 + d * WIDTH + 4);
            kernels.transposeIn(rows, 5, stride, n, d, scale, t, 2);
            var expected = untouched(t.length);
            for (int i = 0; i < d * WIDTH; i++) {
                var row = Math.min(i % WIDTH, n - 1);
                expected[2 + i] = rows[5 + row * stride + i / WIDTH] * scale;
            }
            assertThat(t).as("%d rows", n).isEqualTo(expected);
        }
    }

    @ParameterizedTest(name = "{0}, {1} channels, 1 to 64 rows, seeds 1 and 2")
    @MethodSource(CASES)
    void columnsBecomeRowsEachWithItsFactor(Kernels kernels, int d) {
        for (int n : ROW_COUNTS) {
            var stride = d + 3;
            var t = gauss(2 + d * WIDTH, 1);
            t[2] = Float.NaN;
            var factor = gauss(3 + WIDTH, 2);
            var rows = untouched(5 + (n - 1) * stride + d + 20);
            kernels.transposeOut(t, 2, factor, 3, n, d, rows, 5, stride);
            var expected = untouched(rows.length);
            for (int i = 0; i < n; i++) {
                for (int c = 0; c < d; c++) {
                    expected[5 + i * stride + c] = t[2 + c * WIDTH + i] * factor[3 + i];
                }
            }
            assertThat(rows).as("%d rows", n).isEqualTo(expected);
        }
    }

    @ParameterizedTest(name = "{0}, {1} channels, seed 1")
    @MethodSource(CASES)
    void thereAndBackIsTheSame(Kernels kernels, int d) {
        var rows = gauss(WIDTH * d, 1);
        var t = new float[d * WIDTH];
        var back = untouched(rows.length);
        var ones = new float[WIDTH];
        Arrays.fill(ones, 1);
        kernels.transposeIn(rows, 0, d, WIDTH, d, 1, t, 0);
        kernels.transposeOut(t, 0, ones, 0, WIDTH, d, back, 0, d);
        assertThat(back).isEqualTo(rows).doesNotContain(UNTOUCHED);
    }
}
