package io.github.subquad.cpu;

import static io.github.subquad.cpu.Kernels.WIDTH;
import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.LENGTH;
import static io.github.subquad.cpu.Lanes.WIDE;

import jdk.incubator.vector.FloatVector;

/**
 * {@link Kernels#addProduct}: rows of a block times rows of channels. Tiles of 4 rows × 4 vectors
 * where there are 32 registers, 4 × 2 else, and single vectors for what is left. Flat like {@link
 * WideTiles}, for the same reason.
 */
final class RowProducts {
    private static final int ROWS = 4;

    private RowProducts() {}

    static void addProduct(
            float[] a, int n, int m, float[] b, int bo, int width, float[] c, int co) {
        var x = 0;
        if (WIDE) {
            for (; x <= width - 4 * LENGTH; x += 4 * LENGTH) {
                var i = 0;
                for (; i <= n - ROWS; i += ROWS) {
                    fourVectors(a, i * WIDTH, m, b, bo + x, width, c, co + i * width + x);
                }
                for (; i < n; i++) {
                    oneRow(a, i * WIDTH, m, b, bo + x, width, c, co + i * width + x, 4);
                }
            }
        }
        for (; x <= width - 2 * LENGTH; x += 2 * LENGTH) {
            var i = 0;
            for (; i <= n - ROWS; i += ROWS) {
                twoVectors(a, i * WIDTH, m, b, bo + x, width, c, co + i * width + x);
            }
            for (; i < n; i++) {
                oneRow(a, i * WIDTH, m, b, bo + x, width, c, co + i * width + x, 2);
            }
        }
        for (; x < width; x += LENGTH) {
            for (int i = 0; i < n; i++) {
                oneRow(a, i * WIDTH, m, b, bo + x, width, c, co + i * width + x, 1);
            }
        }
    }

    private static void fourVectors(
            float[] a, int ao, int m, float[] b, int bo, int width, float[] c, int co) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        FloatVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
        FloatVector d0 = zero, d1 = zero, d2 = zero, d3 = zero;
        var p = bo;
        for (int j = ao; j < ao + m; j++) {
            var y0 = FloatVector.fromArray(F, b, p);
            var y1 = FloatVector.fromArray(F, b, p + LENGTH);
            var y2 = FloatVector.fromArray(F, b, p + 2 * LENGTH);
            var y3 = FloatVector.fromArray(F, b, p + 3 * LENGTH);
            var ka = FloatVector.broadcast(F, a[j]);
            a0 = ka.fma(y0, a0);
            a1 = ka.fma(y1, a1);
            a2 = ka.fma(y2, a2);
            a3 = ka.fma(y3, a3);
            var kb = FloatVector.broadcast(F, a[j + WIDTH]);
            b0 = kb.fma(y0, b0);
            b1 = kb.fma(y1, b1);
            b2 = kb.fma(y2, b2);
            b3 = kb.fma(y3, b3);
            var kc = FloatVector.broadcast(F, a[j + 2 * WIDTH]);
            c0 = kc.fma(y0, c0);
            c1 = kc.fma(y1, c1);
            c2 = kc.fma(y2, c2);
            c3 = kc.fma(y3, c3);
            var kd = FloatVector.broadcast(F, a[j + 3 * WIDTH]);
            d0 = kd.fma(y0, d0);
            d1 = kd.fma(y1, d1);
            d2 = kd.fma(y2, d2);
            d3 = kd.fma(y3, d3);
            p += width;
        }
        var r = co;
        a0.add(FloatVector.fromArray(F, c, r)).intoArray(c, r);
        a1.add(FloatVector.fromArray(F, c, r + LENGTH)).intoArray(c, r + LENGTH);
        a2.add(FloatVector.fromArray(F, c, r + 2 * LENGTH)).intoArray(c, r + 2 * LENGTH);
        a3.add(FloatVector.fromArray(F, c, r + 3 * LENGTH)).intoArray(c, r + 3 * LENGTH);
        r += width;
        b0.add(FloatVector.fromArray(F, c, r)).intoArray(c, r);
        b1.add(FloatVector.fromArray(F, c, r + LENGTH)).intoArray(c, r + LENGTH);
        b2.add(FloatVector.fromArray(F, c, r + 2 * LENGTH)).intoArray(c, r + 2 * LENGTH);
        b3.add(FloatVector.fromArray(F, c, r + 3 * LENGTH)).intoArray(c, r + 3 * LENGTH);
        r += width;
        c0.add(FloatVector.fromArray(F, c, r)).intoArray(c, r);
        c1.add(FloatVector.fromArray(F, c, r + LENGTH)).intoArray(c, r + LENGTH);
        c2.add(FloatVector.fromArray(F, c, r + 2 * LENGTH)).intoArray(c, r + 2 * LENGTH);
        c3.add(FloatVector.fromArray(F, c, r + 3 * LENGTH)).intoArray(c, r + 3 * LENGTH);
        r += width;
        d0.add(FloatVector.fromArray(F, c, r)).intoArray(c, r);
        d1.add(FloatVector.fromArray(F, c, r + LENGTH)).intoArray(c, r + LENGTH);
        d2.add(FloatVector.fromArray(F, c, r + 2 * LENGTH)).intoArray(c, r + 2 * LENGTH);
        d3.add(FloatVector.fromArray(F, c, r + 3 * LENGTH)).intoArray(c, r + 3 * LENGTH);
    }

    private static void twoVectors(
            float[] a, int ao, int m, float[] b, int bo, int width, float[] c, int co) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero;
        FloatVector b0 = zero, b1 = zero;
        FloatVector c0 = zero, c1 = zero;
        FloatVector d0 = zero, d1 = zero;
        var p = bo;
        for (int j = ao; j < ao + m; j++) {
            var y0 = FloatVector.fromArray(F, b, p);
            var y1 = FloatVector.fromArray(F, b, p + LENGTH);
            var ka = FloatVector.broadcast(F, a[j]);
            a0 = ka.fma(y0, a0);
            a1 = ka.fma(y1, a1);
            var kb = FloatVector.broadcast(F, a[j + WIDTH]);
            b0 = kb.fma(y0, b0);
            b1 = kb.fma(y1, b1);
            var kc = FloatVector.broadcast(F, a[j + 2 * WIDTH]);
            c0 = kc.fma(y0, c0);
            c1 = kc.fma(y1, c1);
            var kd = FloatVector.broadcast(F, a[j + 3 * WIDTH]);
            d0 = kd.fma(y0, d0);
            d1 = kd.fma(y1, d1);
            p += width;
        }
        var r = co;
        a0.add(FloatVector.fromArray(F, c, r)).intoArray(c, r);
        a1.add(FloatVector.fromArray(F, c, r + LENGTH)).intoArray(c, r + LENGTH);
        r += width;
        b0.add(FloatVector.fromArray(F, c, r)).intoArray(c, r);
        b1.add(FloatVector.fromArray(F, c, r + LENGTH)).intoArray(c, r + LENGTH);
        r += width;
        c0.add(FloatVector.fromArray(F, c, r)).intoArray(c, r);
        c1.add(FloatVector.fromArray(F, c, r + LENGTH)).intoArray(c, r + LENGTH);
        r += width;
        d0.add(FloatVector.fromArray(F, c, r)).intoArray(c, r);
        d1.add(FloatVector.fromArray(F, c, r + LENGTH)).intoArray(c, r + LENGTH);
    }

    /** Some vectors of one row, one after another. */
    private static void oneRow(
            float[] a,
            int ao,
            int m,
            float[] b,
            int bo,
            int width,
            float[] c,
            int co,
            int vectors) {
        for (int x = 0; x < vectors * LENGTH; x += LENGTH) {
            var sum = FloatVector.zero(F);
            var p = bo + x;
            for (int j = ao; j < ao + m; j++) {
                sum = FloatVector.broadcast(F, a[j]).fma(FloatVector.fromArray(F, b, p), sum);
                p += width;
            }
            sum.add(FloatVector.fromArray(F, c, co + x)).intoArray(c, co + x);
        }
    }
}
