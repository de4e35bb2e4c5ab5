package io.github.subquad.cpu;

import static io.github.subquad.cpu.Kernels.WIDTH;
import static io.github.subquad.cpu.Lanes.LENGTH;

import java.util.Arrays;

/**
 * Rows to columns and back, square by square. Where a side is no multiple of the square's, its last
 * square overlaps the one before: the same floats are written twice, and nothing is masked. A side
 * shorter than a square, and vectors of 128 bits, go by plain loops.
 */
final class Transposes {

    private static final ScalarKernels PLAIN = new ScalarKernels();

    private Transposes() {}

    /** {@link Kernels#transposeIn}. */
    static void in(
            float[] rows, int ro, int rowStride, int n, int d, float scale, float[] t, int to) {
        if (LENGTH == 4 || d < LENGTH) {
            PLAIN.transposeIn(rows, ro, rowStride, n, d, scale, t, to);
            return;
        }
        var factor = new float[LENGTH];
        Arrays.fill(factor, scale);
        for (int w = 0; w < WIDTH; w += LENGTH) {
            var first = Math.min(w, n - 1);
            for (int c = 0; c < d; c += LENGTH) {
                var from = Math.min(c, d - LENGTH);
                square(
                        rows,
                        ro + first * rowStride + from,
                        rowStride,
                        n - 1 - first,
                        factor,
                        0,
                        t,
                        to + from * WIDTH + w,
                        WIDTH);
            }
        }
    }

    /** {@link Kernels#transposeOut}. */
    static void out(
            float[] t,
            int to,
            float[] factor,
            int fo,
            int n,
            int d,
            float[] rows,
            int ro,
            int rowStride) {
        if (LENGTH == 4 || d < LENGTH || n < LENGTH) {
            PLAIN.transposeOut(t, to, factor, fo, n, d, rows, ro, rowStride);
            return;
        }
        for (int i = 0; i < n; i += LENGTH) {
            var first = Math.min(i, n - LENGTH);
            for (int c = 0; c < d; c += LENGTH) {
                var from = Math.min(c, d - LENGTH);
                square(
                        t,
                        to + from * WIDTH + first,
                        WIDTH,
                        LENGTH - 1,
                        factor,
                        fo + first,
                        rows,
                        ro + first * rowStride + from,
                        rowStride);
            }
        }
    }

    private static void square(
            float[] src,
            int so,
            int ss,
            int last,
            float[] factor,
            int fo,
            float[] dst,
            int to,
            int ts) {
        if (LENGTH == 16) {
            Transpose16.square(src, so, ss, last, factor, fo, dst, to, ts);
        } else {
            Transpose8.square(src, so, ss, last, factor, fo, dst, to, ts);
        }
    }
}
