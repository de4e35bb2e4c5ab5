package io.github.subquad.cpu;

import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.I;
import static io.github.subquad.cpu.Lanes.LENGTH;
import static io.github.subquad.cpu.Lanes.WIDE;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.util.Arrays;

/**
 * The kernels on the Vector API. What has one short loop is here, the rest in a class for each
 * idea: {@link WideTiles} or {@link NarrowTiles}, {@link VectorWeights}, {@link Transposes}, {@link
 * VectorGradients}, {@link RowProducts}, {@link RowScores}, {@link RowSums}, {@link
 * VectorConversions}.
 */
final class VectorKernels implements Kernels {

    private static final ScalarKernels PLAIN = new ScalarKernels();

    @Override
    public String name() {
        return "Vector API, " + F.vectorBitSize() + "-bit vectors";
    }

    @Override
    public void scores(
            float[] k, int ko, int kStride, int n, int d, float[] qt, int qo, float[] s, int so) {
        if (WIDE) {
            WideTiles.scores(k, ko, kStride, n, d, qt, qo, s, so);
        } else {
            NarrowTiles.scores(k, ko, kStride, n, d, qt, qo, s, so);
        }
    }

    @Override
    public void addKeyBias(float[] s, int n, float[] bias, int bo) {
        for (int j = 0; j < n; j++) {
            var b = bias[bo + j];
            var scaled = b == Float.NEGATIVE_INFINITY ? b : Math.max(b * LOG2_E, LEAST_BIAS);
            if (scaled == Float.NEGATIVE_INFINITY) {
                Arrays.fill(s, j * WIDTH, (j + 1) * WIDTH, scaled);
            } else {
                add(scaled, s, j * WIDTH);
            }
        }
    }

    private static void add(float x, float[] s, int so) {
        for (int i = so; i < so + WIDTH; i += LENGTH) {
            FloatVector.fromArray(F, s, i).add(x).intoArray(s, i);
        }
    }

    @Override
    public void addBias(float[] s, int count, float[] bias, int bo) {
        var least = FloatVector.broadcast(F, LEAST_BIAS);
        var i = 0;
        for (; i <= count - LENGTH; i += LENGTH) {
            var b = FloatVector.fromArray(F, bias, bo + i);
            var scaled = b.mul(LOG2_E);
            FloatVector.fromArray(F, s, i)
                    .add(scaled.blend(least, scaled.lt(least)))
                    .blend(b, b.compare(EQ, Float.NEGATIVE_INFINITY))
                    .intoArray(s, i);
        }
        for (; i < count; i++) {
            s[i] = ScalarKernels.biased(s[i], bias[bo + i]);
        }
    }

    @Override
    public void maskDiagonal(float[] s, int n, int diagonal) {
        PLAIN.maskDiagonal(s, n, diagonal);
    }

    @Override
    public void columnMax(float[] s, int from, int n, float[] max) {
        for (int w = 0; w < WIDTH; w += 4 * LENGTH) {
            VectorWeights.columnMax(s, w, from, n, max);
        }
    }

    @Override
    public boolean weights(float[] s, int n, float[] neg, int no, float[] part, float rise) {
        return VectorWeights.weights(s, n, neg, no, part, rise);
    }

    @Override
    public void weightedSum(
            float[] s, int n, float[] v, int vo, int vStride, int dv, float[] ot, int oo) {
        if (WIDE) {
            WideTiles.weightedSum(s, n, v, vo, vStride, dv, ot, oo);
        } else {
            NarrowTiles.weightedSum(s, n, v, vo, vStride, dv, ot, oo);
        }
    }

    @Override
    public void transposeIn(
            float[] rows, int ro, int rowStride, int n, int d, float scale, float[] t, int to) {
        Transposes.in(rows, ro, rowStride, n, d, scale, t, to);
    }

    @Override
    public void transposeOut(
            float[] t,
            int to,
            float[] factor,
            int fo,
            int n,
            int d,
            float[] rows,
            int ro,
            int rowStride) {
        Transposes.out(t, to, factor, fo, n, d, rows, ro, rowStride);
    }

    @Override
    public void scoreGradients(float[] s, float[] ds, int n, float[] neg, float[] delta, int from) {
        VectorGradients.scoreGradients(s, ds, n, neg, delta, from);
    }

    @Override
    public void addProduct(
            float[] a, int n, int m, float[] b, int bo, int width, float[] c, int co) {
        RowProducts.addProduct(a, n, m, b, bo, width, c, co);
    }

    @Override
    public void rowScores(
            float[] q,
            int qo,
            int qStride,
            float[] k,
            int ko,
            int kStride,
            int n,
            int d,
            float[] s,
            int so) {
        RowScores.rowScores(q, qo, qStride, k, ko, kStride, n, d, s, so);
    }

    @Override
    public boolean rowWeights(float[] s, int n, float[] neg, int no, float[] part, float rise) {
        return VectorWeights.rowWeights(s, n, neg, no, part, rise);
    }

    @Override
    public void rowWeightedSum(
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
        RowSums.rowWeightedSum(s, so, n, v, vo, vStride, dv, o, oo, oStride);
    }

    @Override
    public boolean allFinite(float[] a, int from, int n) {
        var top = IntVector.zero(I); // greatest bits without sign: infinity and NaN come last
        var i = 0;
        for (; i <= n - LENGTH; i += LENGTH) {
            var bits = FloatVector.fromArray(F, a, from + i).reinterpretAsInts();
            top = top.max(bits.and(Integer.MAX_VALUE));
        }
        var infinity = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
        return !top.compare(GE, infinity).anyTrue() && PLAIN.allFinite(a, from + i, n - i);
    }

    @Override
    public void widenHalf(short[] a, int ao, float[] b, int bo, int n) {
        PLAIN.widenHalf(a, ao, b, bo, n);
    }

    @Override
    public void widenBfloat16(short[] a, int ao, float[] b, int bo, int n) {
        VectorConversions.widenBfloat16(a, ao, b, bo, n);
    }

    @Override
    public void narrowHalf(float[] a, int ao, short[] b, int bo, int n) {
        if (allFinite(a, ao, n)) {
            VectorConversions.narrowFinite(a, ao, b, bo, n);
        } else {
            PLAIN.narrowHalf(a, ao, b, bo, n); // looks for NaN one by one
        }
    }

    @Override
    public void narrowBfloat16(float[] a, int ao, short[] b, int bo, int n) {
        VectorConversions.narrowBfloat16(a, ao, b, bo, n);
    }
}
