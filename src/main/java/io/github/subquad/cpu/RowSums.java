package io.github.subquad.cpu;

import static io.github.subquad.cpu.Kernels.ROWS;
import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.I;
import static io.github.subquad.cpu.Lanes.LAST;
import static io.github.subquad.cpu.Lanes.LENGTH;
import static io.github.subquad.cpu.Lanes.WIDE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Weighted sums of few rows: lanes run over channels. Values are loaded as vectors, once for all
 * rows; weights are broadcast.
 *
 * <p>Flat like {@link WideTiles}, for the same reason.
 */
final class RowSums {

    private static final ScalarKernels PLAIN = new ScalarKernels();

    private RowSums() {}

    /** {@link Kernels#rowWeightedSum}. */
    static void rowWeightedSum(
            float[] s,
            int so,
            int n,
            float[] v,
            int vo,
            int vStride,
            int dv,
            float[] o,
            int oo,
            int oStride) {
        if (dv < LENGTH) {
            PLAIN.rowWeightedSum(s, so, n, v, vo, vStride, dv, o, oo, oStride);
            return;
        }
        var c = 0;
        for (; WIDE && c <= dv - 4 * LENGTH; c += 4 * LENGTH) {
            four(s, so, n, v, vo + c, vStride, o, oo + c, oStride);
        }
        for (; c <= dv - 2 * LENGTH; c += 2 * LENGTH) {
            two(s, so, n, v, vo + c, vStride, o, oo + c, oStride);
        }
        for (; c < dv; c += LENGTH) {
            var from = Math.min(c, dv - LENGTH);
            one(s, so, n, v, vo + from, vStride, o, oo + from, oStride, from + LENGTH - c);
        }
    }

    /** Four vectors of channels of four rows: 16 sums, for 32 registers. */
    private static void four(
            float[] s,
            int so,
            int n,
            float[] v,
            int vo,
            int vStride,
            float[] o,
            int oo,
            int oStride) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        FloatVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
        FloatVector d0 = zero, d1 = zero, d2 = zero, d3 = zero;
        for (int j = 0; j < n; j++) {
            var p = vo + j * vStride;
            var w = so + j * ROWS;
            var y0 = FloatVector.fromArray(F, v, p);
            var y1 = FloatVector.fromArray(F, v, p + LENGTH);
            var y2 = FloatVector.fromArray(F, v, p + 2 * LENGTH);
            var y3 = FloatVector.fromArray(F, v, p + 3 * LENGTH);
            var wa = FloatVector.broadcast(F, s[w]);
            a0 = wa.fma(y0, a0);
            a1 = wa.fma(y1, a1);
            a2 = wa.fma(y2, a2);
            a3 = wa.fma(y3, a3);
            var wb = FloatVector.broadcast(F, s[w + 1]);
            b0 = wb.fma(y0, b0);
            b1 = wb.fma(y1, b1);
            b2 = wb.fma(y2, b2);
            b3 = wb.fma(y3, b3);
            var wc = FloatVector.broadcast(F, s[w + 2]);
            c0 = wc.fma(y0, c0);
            c1 = wc.fma(y1, c1);
            c2 = wc.fma(y2, c2);
            c3 = wc.fma(y3, c3);
            var wd = FloatVector.broadcast(F, s[w + 3]);
            d0 = wd.fma(y0, d0);
            d1 = wd.fma(y1, d1);
            d2 = wd.fma(y2, d2);
            d3 = wd.fma(y3, d3);
        }
        var o1 = oo + oStride;
        var o2 = o1 + oStride;
        var o3 = o2 + oStride;
        a0.add(FloatVector.fromArray(F, o, oo)).intoArray(o, oo);
        a1.add(FloatVector.fromArray(F, o, oo + LENGTH)).intoArray(o, oo + LENGTH);
        a2.add(FloatVector.fromArray(F, o, oo + 2 * LENGTH)).intoArray(o, oo + 2 * LENGTH);
        a3.add(FloatVector.fromArray(F, o, oo + 3 * LENGTH)).intoArray(o, oo + 3 * LENGTH);
        b0.add(FloatVector.fromArray(F, o, o1)).intoArray(o, o1);
        b1.add(FloatVector.fromArray(F, o, o1 + LENGTH)).intoArray(o, o1 + LENGTH);
        b2.add(FloatVector.fromArray(F, o, o1 + 2 * LENGTH)).intoArray(o, o1 + 2 * LENGTH);
        b3.add(FloatVector.fromArray(F, o, o1 + 3 * LENGTH)).intoArray(o, o1 + 3 * LENGTH);
        c0.add(FloatVector.fromArray(F, o, o2)).intoArray(o, o2);
        c1.add(FloatVector.fromArray(F, o, o2 + LENGTH)).intoArray(o, o2 + LENGTH);
        c2.add(FloatVector.fromArray(F, o, o2 + 2 * LENGTH)).intoArray(o, o2 + 2 * LENGTH);
        c3.add(FloatVector.fromArray(F, o, o2 + 3 * LENGTH)).intoArray(o, o2 + 3 * LENGTH);
        d0.add(FloatVector.fromArray(F, o, o3)).intoArray(o, o3);
        d1.add(FloatVector.fromArray(F, o, o3 + LENGTH)).intoArray(o, o3 + LENGTH);
        d2.add(FloatVector.fromArray(F, o, o3 + 2 * LENGTH)).intoArray(o, o3 + 2 * LENGTH);
        d3.add(FloatVector.fromArray(F, o, o3 + 3 * LENGTH)).intoArray(o, o3 + 3 * LENGTH);
    }

    /** Two vectors of channels of four rows: 8 sums. */
    private static void two(
            float[] s,
            int so,
            int n,
            float[] v,
            int vo,
            int vStride,
            float[] o,
            int oo,
            int oStride) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero;
        FloatVector b0 = zero, b1 = zero;
        FloatVector c0 = zero, c1 = zero;
        FloatVector d0 = zero, d1 = zero;
        for (int j = 0; j < n; j++) {
            var p = vo + j * vStride;
            var w = so + j * ROWS;
            var y0 = FloatVector.fromArray(F, v, p);
            var y1 = FloatVector.fromArray(F, v, p + LENGTH);
            var wa = FloatVector.broadcast(F, s[w]);
            a0 = wa.fma(y0, a0);
            a1 = wa.fma(y1, a1);
            var wb = FloatVector.broadcast(F, s[w + 1]);
            b0 = wb.fma(y0, b0);
            b1 = wb.fma(y1, b1);
            var wc = FloatVector.broadcast(F, s[w + 2]);
            c0 = wc.fma(y0, c0);
            c1 = wc.fma(y1, c1);
            var wd = FloatVector.broadcast(F, s[w + 3]);
            d0 = wd.fma(y0, d0);
            d1 = wd.fma(y1, d1);
        }
        var o1 = oo + oStride;
        var o2 = o1 + oStride;
        var o3 = o2 + oStride;
        a0.add(FloatVector.fromArray(F, o, oo)).intoArray(o, oo);
        a1.add(FloatVector.fromArray(F, o, oo + LENGTH)).intoArray(o, oo + LENGTH);
        b0.add(FloatVector.fromArray(F, o, o1)).intoArray(o, o1);
        b1.add(FloatVector.fromArray(F, o, o1 + LENGTH)).intoArray(o, o1 + LENGTH);
        c0.add(FloatVector.fromArray(F, o, o2)).intoArray(o, o2);
        c1.add(FloatVector.fromArray(F, o, o2 + LENGTH)).intoArray(o, o2 + LENGTH);
        d0.add(FloatVector.fromArray(F, o, o3)).intoArray(o, o3);
        d1.add(FloatVector.fromArray(F, o, o3 + LENGTH)).intoArray(o, o3 + LENGTH);
    }

    /** The last {@code lanes} of one vector of channels of four rows. */
    private static void one(
            float[] s,
            int so,
            int n,
            float[] v,
            int vo,
            int vStride,
            float[] o,
            int oo,
            int oStride,
            int lanes) {
        var zero = FloatVector.zero(F);
        FloatVector a = zero;
        FloatVector b = zero;
        FloatVector c = zero;
        FloatVector d = zero;
        for (int j = 0; j < n; j++) {
            var y = FloatVector.fromArray(F, v, vo + j * vStride);
            var w = so + j * ROWS;
            a = y.fma(FloatVector.broadcast(F, s[w]), a);
            b = y.fma(FloatVector.broadcast(F, s[w + 1]), b);
            c = y.fma(FloatVector.broadcast(F, s[w + 2]), c);
            d = y.fma(FloatVector.broadcast(F, s[w + 3]), d);
        }
        var last = IntVector.fromArray(I, LAST, lanes);
        var o1 = oo + oStride;
        var o2 = o1 + oStride;
        var o3 = o2 + oStride;

        a.reinterpretAsInts()
                .and(last)
                .reinterpretAsFloats()
                .add(FloatVector.fromArray(F, o, oo))
                .intoArray(o, oo);
        b.reinterpretAsInts()
                .and(last)
                .reinterpretAsFloats()
                .add(FloatVector.fromArray(F, o, o1))
                .intoArray(o, o1);
        c.reinterpretAsInts()
                .and(last)
                .reinterpretAsFloats()
                .add(FloatVector.fromArray(F, o, o2))
                .intoArray(o, o2);
        d.reinterpretAsInts()
                .and(last)
                .reinterpretAsFloats()
                .add(FloatVector.fromArray(F, o, o3))
                .intoArray(o, o3);
    }
}
