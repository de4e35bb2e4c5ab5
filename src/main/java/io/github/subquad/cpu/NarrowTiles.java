package io.github.subquad.cpu;

import static io.github.subquad.cpu.Kernels.WIDTH;
import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.LENGTH;

import jdk.incubator.vector.FloatVector;

/**
 * The two products of attention where there are 16 vector registers: 6 keys or 5 channels × two
 * vectors, as many sums as leave room for what is multiplied.
 *
 * <p>Channels that five does not divide are taken four at a time, which with fives gives any number
 * from 12 on: two vectors of one channel have too few sums to keep the units busy.
 *
 * <p>Flat like {@link WideTiles}, for the same reason.
 */
final class NarrowTiles {

    /** Keys of a score tile. */
    private static final int KEYS = 6;

    private NarrowTiles() {}

    /** {@link Kernels#scores}. */
    static void scores(
            float[] k, int ko, int kStride, int n, int d, float[] qt, int qo, float[] s, int so) {
        var last = ko + (n - 1) * kStride;
        for (int j = 0; j < n; j += KEYS) {
            var p = ko + j * kStride;
            for (int w = 0; w < WIDTH; w += 2 * LENGTH) {
                scoreTile(
                        k,
                        p,
                        Math.min(p + kStride, last),
                        Math.min(p + 2 * kStride, last),
                        Math.min(p + 3 * kStride, last),
                        Math.min(p + 4 * kStride, last),
                        Math.min(p + 5 * kStride, last),
                        d,
                        qt,
                        qo + w,
                        s,
                        so + j * WIDTH + w);
            }
        }
    }

    /** {@link Kernels#weightedSum}. */
    static void weightedSum(
            float[] s, int n, float[] v, int vo, int vStride, int dv, float[] ot, int oo) {
        var fours = Math.min((5 - dv % 5) % 5, dv / 4);
        var fives = (dv - 4 * fours) / 5;
        var rest = 5 * fives + 4 * fours;
        for (int w = 0; w < WIDTH; w += 2 * LENGTH) {
            var c = 0;
            for (; c < 5 * fives; c += 5) {
                fiveChannels(s, w, n, v, vo + c, vStride, ot, oo + c * WIDTH + w);
            }
            for (; c < rest; c += 4) {
                fourChannels(s, w, n, v, vo + c, vStride, ot, oo + c * WIDTH + w);
            }
        }
        for (int c = rest; c < dv; c++) {
            for (int w = 0; w < WIDTH; w += 8 * LENGTH) {
                oneChannel(s, w, n, v, vo + c, vStride, ot, oo + c * WIDTH + w);
            }
        }
    }

    /** Scores of six keys, which may be the same, against two vectors of queries. */
    private static void scoreTile(
            float[] k,
            int k0,
            int k1,
            int k2,
            int k3,
            int k4,
            int k5,
            int d,
            float[] qt,
            int qo,
            float[] s,
            int so) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero;
        FloatVector b0 = zero, b1 = zero;
        FloatVector c0 = zero, c1 = zero;
        FloatVector d0 = zero, d1 = zero;
        FloatVector e0 = zero, e1 = zero;
        FloatVector f0 = zero, f1 = zero;
        for (int c = 0; c < d; c++) {
            var q = qo + c * WIDTH;
            var y0 = FloatVector.fromArray(F, qt, q);
            var y1 = FloatVector.fromArray(F, qt, q + LENGTH);
            var ka = FloatVector.broadcast(F, k[k0 + c]);
            a0 = ka.fma(y0, a0);
            a1 = ka.fma(y1, a1);
            var kb = FloatVector.broadcast(F, k[k1 + c]);
            b0 = kb.fma(y0, b0);
            b1 = kb.fma(y1, b1);
            var kc = FloatVector.broadcast(F, k[k2 + c]);
            c0 = kc.fma(y0, c0);
            c1 = kc.fma(y1, c1);
            var kd = FloatVector.broadcast(F, k[k3 + c]);
            d0 = kd.fma(y0, d0);
            d1 = kd.fma(y1, d1);
            var ke = FloatVector.broadcast(F, k[k4 + c]);
            e0 = ke.fma(y0, e0);
            e1 = ke.fma(y1, e1);
            var kf = FloatVector.broadcast(F, k[k5 + c]);
            f0 = kf.fma(y0, f0);
            f1 = kf.fma(y1, f1);
        }
        a0.intoArray(s, so);
        a1.intoArray(s, so + LENGTH);
        b0.intoArray(s, so + WIDTH);
        b1.intoArray(s, so + WIDTH + LENGTH);
        c0.intoArray(s, so + 2 * WIDTH);
        c1.intoArray(s, so + 2 * WIDTH + LENGTH);
        d0.intoArray(s, so + 3 * WIDTH);
        d1.intoArray(s, so + 3 * WIDTH + LENGTH);
        e0.intoArray(s, so + 4 * WIDTH);
        e1.intoArray(s, so + 4 * WIDTH + LENGTH);
        f0.intoArray(s, so + 5 * WIDTH);
        f1.intoArray(s, so + 5 * WIDTH + LENGTH);
    }

    /**
     * Five channels of two vectors of queries; the block's sum is made in registers and added once.
     */
    private static void fiveChannels(
            float[] s, int so, int n, float[] v, int vo, int vStride, float[] ot, int oo) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero;
        FloatVector b0 = zero, b1 = zero;
        FloatVector c0 = zero, c1 = zero;
        FloatVector d0 = zero, d1 = zero;
        FloatVector e0 = zero, e1 = zero;
        var p = vo;
        for (int j = 0; j < n; j++) {
            var w = so + j * WIDTH;
            var y0 = FloatVector.fromArray(F, s, w);
            var y1 = FloatVector.fromArray(F, s, w + LENGTH);
            var ka = FloatVector.broadcast(F, v[p]);
            a0 = ka.fma(y0, a0);
            a1 = ka.fma(y1, a1);
            var kb = FloatVector.broadcast(F, v[p + 1]);
            b0 = kb.fma(y0, b0);
            b1 = kb.fma(y1, b1);
            var kc = FloatVector.broadcast(F, v[p + 2]);
            c0 = kc.fma(y0, c0);
            c1 = kc.fma(y1, c1);
            var kd = FloatVector.broadcast(F, v[p + 3]);
            d0 = kd.fma(y0, d0);
            d1 = kd.fma(y1, d1);
            var ke = FloatVector.broadcast(F, v[p + 4]);
            e0 = ke.fma(y0, e0);
            e1 = ke.fma(y1, e1);
            p += vStride;
        }
        a0.add(FloatVector.fromArray(F, ot, oo)).intoArray(ot, oo);
        a1.add(FloatVector.fromArray(F, ot, oo + LENGTH)).intoArray(ot, oo + LENGTH);
        b0.add(FloatVector.fromArray(F, ot, oo + WIDTH)).intoArray(ot, oo + WIDTH);
        b1.add(FloatVector.fromArray(F, ot, oo + WIDTH + LENGTH))
                .intoArray(ot, oo + WIDTH + LENGTH);
        c0.add(FloatVector.fromArray(F, ot, oo + 2 * WIDTH)).intoArray(ot, oo + 2 * WIDTH);
        c1.add(FloatVector.fromArray(F, ot, oo + 2 * WIDTH + LENGTH))
                .intoArray(ot, oo + 2 * WIDTH + LENGTH);
        d0.add(FloatVector.fromArray(F, ot, oo + 3 * WIDTH)).intoArray(ot, oo + 3 * WIDTH);
        d1.add(FloatVector.fromArray(F, ot, oo + 3 * WIDTH + LENGTH))
                .intoArray(ot, oo + 3 * WIDTH + LENGTH);
        e0.add(FloatVector.fromArray(F, ot, oo + 4 * WIDTH)).intoArray(ot, oo + 4 * WIDTH);
        e1.add(FloatVector.fromArray(F, ot, oo + 4 * WIDTH + LENGTH))
                .intoArray(ot, oo + 4 * WIDTH + LENGTH);
    }

    /** Four channels of two vectors of queries. */
    private static void fourChannels(
            float[] s, int so, int n, float[] v, int vo, int vStride, float[] ot, int oo) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero;
        FloatVector b0 = zero, b1 = zero;
        FloatVector c0 = zero, c1 = zero;
        FloatVector d0 = zero, d1 = zero;
        var p = vo;
        for (int j = 0; j < n; j++) {
            var w = so + j * WIDTH;
            var y0 = FloatVector.fromArray(F, s, w);
            var y1 = FloatVector.fromArray(F, s, w + LENGTH);
            var ka = FloatVector.broadcast(F, v[p]);
            a0 = ka.fma(y0, a0);
            a1 = ka.fma(y1, a1);
            var kb = FloatVector.broadcast(F, v[p + 1]);
            b0 = kb.fma(y0, b0);
            b1 = kb.fma(y1, b1);
            var kc = FloatVector.broadcast(F, v[p + 2]);
            c0 = kc.fma(y0, c0);
            c1 = kc.fma(y1, c1);
            var kd = FloatVector.broadcast(F, v[p + 3]);
            d0 = kd.fma(y0, d0);
            d1 = kd.fma(y1, d1);
            p += vStride;
        }
        a0.add(FloatVector.fromArray(F, ot, oo)).intoArray(ot, oo);
        a1.add(FloatVector.fromArray(F, ot, oo + LENGTH)).intoArray(ot, oo + LENGTH);
        b0.add(FloatVector.fromArray(F, ot, oo + WIDTH)).intoArray(ot, oo + WIDTH);
        b1.add(FloatVector.fromArray(F, ot, oo + WIDTH + LENGTH))
                .intoArray(ot, oo + WIDTH + LENGTH);
        c0.add(FloatVector.fromArray(F, ot, oo + 2 * WIDTH)).intoArray(ot, oo + 2 * WIDTH);
        c1.add(FloatVector.fromArray(F, ot, oo + 2 * WIDTH + LENGTH))
                .intoArray(ot, oo + 2 * WIDTH + LENGTH);
        d0.add(FloatVector.fromArray(F, ot, oo + 3 * WIDTH)).intoArray(ot, oo + 3 * WIDTH);
        d1.add(FloatVector.fromArray(F, ot, oo + 3 * WIDTH + LENGTH))
                .intoArray(ot, oo + 3 * WIDTH + LENGTH);
    }

    /** One channel of eight vectors of queries, where there are fewer than 12. */
    private static void oneChannel(
            float[] s, int so, int n, float[] v, int vo, int vStride, float[] ot, int oo) {
        var zero = FloatVector.zero(F);
        FloatVector a0 = zero,
                a1 = zero,
                a2 = zero,
                a3 = zero,
                a4 = zero,
                a5 = zero,
                a6 = zero,
                a7 = zero;
        var p = vo;
        for (int j = 0; j < n; j++) {
            var w = so + j * WIDTH;
            var y0 = FloatVector.fromArray(F, s, w);
            var y1 = FloatVector.fromArray(F, s, w + LENGTH);
            var y2 = FloatVector.fromArray(F, s, w + 2 * LENGTH);
            var y3 = FloatVector.fromArray(F, s, w + 3 * LENGTH);
            var y4 = FloatVector.fromArray(F, s, w + 4 * LENGTH);
            var y5 = FloatVector.fromArray(F, s, w + 5 * LENGTH);
            var y6 = FloatVector.fromArray(F, s, w + 6 * LENGTH);
            var y7 = FloatVector.fromArray(F, s, w + 7 * LENGTH);
            var ka = FloatVector.broadcast(F, v[p]);
            a0 = ka.fma(y0, a0);
            a1 = ka.fma(y1, a1);
            a2 = ka.fma(y2, a2);
            a3 = ka.fma(y3, a3);
            a4 = ka.fma(y4, a4);
            a5 = ka.fma(y5, a5);
            a6 = ka.fma(y6, a6);
            a7 = ka.fma(y7, a7);
            p += vStride;
        }
        a0.add(FloatVector.fromArray(F, ot, oo)).intoArray(ot, oo);
        a1.add(FloatVector.fromArray(F, ot, oo + LENGTH)).intoArray(ot, oo + LENGTH);
        a2.add(FloatVector.fromArray(F, ot, oo + 2 * LENGTH)).intoArray(ot, oo + 2 * LENGTH);
        a3.add(FloatVector.fromArray(F, ot, oo + 3 * LENGTH)).intoArray(ot, oo + 3 * LENGTH);
        a4.add(FloatVector.fromArray(F, ot, oo + 4 * LENGTH)).intoArray(ot, oo + 4 * LENGTH);
        a5.add(FloatVector.fromArray(F, ot, oo + 5 * LENGTH)).intoArray(ot, oo + 5 * LENGTH);
        a6.add(FloatVector.fromArray(F, ot, oo + 6 * LENGTH)).intoArray(ot, oo + 6 * LENGTH);
        a7.add(FloatVector.fromArray(F, ot, oo + 7 * LENGTH)).intoArray(ot, oo + 7 * LENGTH);
    }
}
