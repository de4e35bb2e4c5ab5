package io.github.subquad.cpu;

import static io.github.subquad.cpu.Kernels.WIDTH;
import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.LENGTH;

import jdk.incubator.vector.FloatVector;

/**
 * The two products of attention where there are 32 vector registers of 512 bits: a row of a block
 * is four vectors.
 *
 * <p>A tile keeps its sums in registers: 4 keys × 4 vectors for the scores, 4 channels × 4 vectors
 * for the values. Each step loads four vectors and broadcasts four floats for sixteen fused
 * multiply-adds.
 *
 * <p>Kernels here are flat: no method of ours takes or gives a vector. In a body of this size the
 * compiler stops inlining ordinary methods, and a vector passed to one is put on the heap. The
 * Vector API's own methods are inlined always.
 */
final class WideTiles {

    /** Keys of a score tile. */
    private static final int KEYS = 4;

    /** Channels of a value tile. */
    private static final int CHANNELS = 4;

    private WideTiles() {}

    /** {@link Kernels#scores}. */
    static void scores(
            float[] k, int ko, int kStride, int n, int d, float[] qt, int qo, float[] s, int so) {
        var last = ko + (n - 1) * kStride;
        for (int j = 0; j < n; j += KEYS) {
            var p = ko + j * kStride;
            scoreTile(
                    k,
                    p,
                    Math.min(p + kStride, last),
                    Math.min(p + 2 * kStride, last),
                    Math.min(p + 3 * kStride, last),
                    d,
                    qt,
                    qo,
                    s,
                    so + j * WIDTH);
        }
    }

    /** {@link Kernels#weightedSum}. */
    static void weightedSum(
            float[] s, int n, float[] v, int vo, int vStride, int dv, float[] ot, int oo) {
        var c = 0;
        for (; c <= dv - CHANNELS; c += CHANNELS) {
            valueTile(s, 0, n, v, vo + c, vStride, ot, oo + c * WIDTH);
        }
        for (; c < dv; c++) {
            valueRow(s, 0, n, v, vo + c, vStride, ot, oo + c * WIDTH);
        }
    }

    /** Scores of four keys, which may be the same, against 64 queries. */
    private static void scoreTile(
            float[] k,
            int k0,
            int k1,
            int k2,
            int k3,
            int d,
            float[] qt,
            int qo,
            float[] s,
            int so) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        FloatVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
        FloatVector d0 = zero, d1 = zero, d2 = zero, d3 = zero;
        for (int c = 0; c < d; c++) {
            var q = qo + c * WIDTH;
            var y0 = FloatVector.fromArray(F, qt, q);
            var y1 = FloatVector.fromArray(F, qt, q + LENGTH);
            var y2 = FloatVector.fromArray(F, qt, q + 2 * LENGTH);
            var y3 = FloatVector.fromArray(F, qt, q + 3 * LENGTH);
            var ka = FloatVector.broadcast(F, k[k0 + c]);
            a0 = ka.fma(y0, a0);
            a1 = ka.fma(y1, a1);
            a2 = ka.fma(y2, a2);
            a3 = ka.fma(y3, a3);
            var kb = FloatVector.broadcast(F, k[k1 + c]);
            b0 = kb.fma(y0, b0);
            b1 = kb.fma(y1, b1);
            b2 = kb.fma(y2, b2);
            b3 = kb.fma(y3, b3);
            var kc = FloatVector.broadcast(F, k[k2 + c]);
            c0 = kc.fma(y0, c0);
            c1 = kc.fma(y1, c1);
            c2 = kc.fma(y2, c2);
            c3 = kc.fma(y3, c3);
            var kd = FloatVector.broadcast(F, k[k3 + c]);
            d0 = kd.fma(y0, d0);
            d1 = kd.fma(y1, d1);
            d2 = kd.fma(y2, d2);
            d3 = kd.fma(y3, d3);
        }
        a0.intoArray(s, so);
        a1.intoArray(s, so + LENGTH);
        a2.intoArray(s, so + 2 * LENGTH);
        a3.intoArray(s, so + 3 * LENGTH);
        b0.intoArray(s, so + WIDTH);
        b1.intoArray(s, so + WIDTH + LENGTH);
        b2.intoArray(s, so + WIDTH + 2 * LENGTH);
        b3.intoArray(s, so + WIDTH + 3 * LENGTH);
        c0.intoArray(s, so + 2 * WIDTH);
        c1.intoArray(s, so + 2 * WIDTH + LENGTH);
        c2.intoArray(s, so + 2 * WIDTH + 2 * LENGTH);
        c3.intoArray(s, so + 2 * WIDTH + 3 * LENGTH);
        d0.intoArray(s, so + 3 * WIDTH);
        d1.intoArray(s, so + 3 * WIDTH + LENGTH);
        d2.intoArray(s, so + 3 * WIDTH + 2 * LENGTH);
        d3.intoArray(s, so + 3 * WIDTH + 3 * LENGTH);
    }

    /** Four channels of 64 queries; the block's sum is made in registers and added once. */
    private static void valueTile(
            float[] s, int so, int n, float[] v, int vo, int vStride, float[] ot, int oo) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        FloatVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
        FloatVector d0 = zero, d1 = zero, d2 = zero, d3 = zero;
        var p = vo;
        for (int j = 0; j < n; j++) {
            var w = so + j * WIDTH;
            var y0 = FloatVector.fromArray(F, s, w);
            var y1 = FloatVector.fromArray(F, s, w + LENGTH);
            var y2 = FloatVector.fromArray(F, s, w + 2 * LENGTH);
            var y3 = FloatVector.fromArray(F, s, w + 3 * LENGTH);
            var ka = FloatVector.broadcast(F, v[p]);
            a0 = ka.fma(y0, a0);
            a1 = ka.fma(y1, a1);
            a2 = ka.fma(y2, a2);
            a3 = ka.fma(y3, a3);
            var kb = FloatVector.broadcast(F, v[p + 1]);
            b0 = kb.fma(y0, b0);
            b1 = kb.fma(y1, b1);
            b2 = kb.fma(y2, b2);
            b3 = kb.fma(y3, b3);
            var kc = FloatVector.broadcast(F, v[p + 2]);
            c0 = kc.fma(y0, c0);
            c1 = kc.fma(y1, c1);
            c2 = kc.fma(y2, c2);
            c3 = kc.fma(y3, c3);
            var kd = FloatVector.broadcast(F, v[p + 3]);
            d0 = kd.fma(y0, d0);
            d1 = kd.fma(y1, d1);
            d2 = kd.fma(y2, d2);
            d3 = kd.fma(y3, d3);
            p += vStride;
        }
        a0.add(FloatVector.fromArray(F, ot, oo)).intoArray(ot, oo);
        a1.add(FloatVector.fromArray(F, ot, oo + LENGTH)).intoArray(ot, oo + LENGTH);
        a2.add(FloatVector.fromArray(F, ot, oo + 2 * LENGTH)).intoArray(ot, oo + 2 * LENGTH);
        a3.add(FloatVector.fromArray(F, ot, oo + 3 * LENGTH)).intoArray(ot, oo + 3 * LENGTH);
        b0.add(FloatVector.fromArray(F, ot, oo + WIDTH)).intoArray(ot, oo + WIDTH);
        b1.add(FloatVector.fromArray(F, ot, oo + WIDTH + LENGTH))
                .intoArray(ot, oo + WIDTH + LENGTH);
        b2.add(FloatVector.fromArray(F, ot, oo + WIDTH + 2 * LENGTH))
                .intoArray(ot, oo + WIDTH + 2 * LENGTH);
        b3.add(FloatVector.fromArray(F, ot, oo + WIDTH + 3 * LENGTH))
                .intoArray(ot, oo + WIDTH + 3 * LENGTH);
        c0.add(FloatVector.fromArray(F, ot, oo + 2 * WIDTH)).intoArray(ot, oo + 2 * WIDTH);
        c1.add(FloatVector.fromArray(F, ot, oo + 2 * WIDTH + LENGTH))
                .intoArray(ot, oo + 2 * WIDTH + LENGTH);
        c2.add(FloatVector.fromArray(F, ot, oo + 2 * WIDTH + 2 * LENGTH))
                .intoArray(ot, oo + 2 * WIDTH + 2 * LENGTH);
        c3.add(FloatVector.fromArray(F, ot, oo + 2 * WIDTH + 3 * LENGTH))
                .intoArray(ot, oo + 2 * WIDTH + 3 * LENGTH);
        d0.add(FloatVector.fromArray(F, ot, oo + 3 * WIDTH)).intoArray(ot, oo + 3 * WIDTH);
        d1.add(FloatVector.fromArray(F, ot, oo + 3 * WIDTH + LENGTH))
                .intoArray(ot, oo + 3 * WIDTH + LENGTH);
        d2.add(FloatVector.fromArray(F, ot, oo + 3 * WIDTH + 2 * LENGTH))
                .intoArray(ot, oo + 3 * WIDTH + 2 * LENGTH);
        d3.add(FloatVector.fromArray(F, ot, oo + 3 * WIDTH + 3 * LENGTH))
                .intoArray(ot, oo + 3 * WIDTH + 3 * LENGTH);
    }

    /** One channel of 64 queries, for what four does not divide. */
    private static void valueRow(
            float[] s, int so, int n, float[] v, int vo, int vStride, float[] ot, int oo) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        var p = vo;
        for (int j = 0; j < n; j++) {
            var w = so + j * WIDTH;
            var y0 = FloatVector.fromArray(F, s, w);
            var y1 = FloatVector.fromArray(F, s, w + LENGTH);
            var y2 = FloatVector.fromArray(F, s, w + 2 * LENGTH);
            var y3 = FloatVector.fromArray(F, s, w + 3 * LENGTH);
            var ka = FloatVector.broadcast(F, v[p]);
            a0 = ka.fma(y0, a0);
            a1 = ka.fma(y1, a1);
            a2 = ka.fma(y2, a2);
            a3 = ka.fma(y3, a3);
            p += vStride;
        }
        a0.add(FloatVector.fromArray(F, ot, oo)).intoArray(ot, oo);
        a1.add(FloatVector.fromArray(F, ot, oo + LENGTH)).intoArray(ot, oo + LENGTH);
        a2.add(FloatVector.fromArray(F, ot, oo + 2 * LENGTH)).intoArray(ot, oo + 2 * LENGTH);
        a3.add(FloatVector.fromArray(F, ot, oo + 3 * LENGTH)).intoArray(ot, oo + 3 * LENGTH);
    }
}
