package io.github.subquad.cpu;

import static io.github.subquad.cpu.Kernels.ROWS;
import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.I;
import static io.github.subquad.cpu.Lanes.LAST;
import static io.github.subquad.cpu.Lanes.LENGTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

import java.util.stream.IntStream;

/**
 * Scores of few rows: lanes run over channels. A tile is as many pairs of key and row as a vector
 * has lanes, each with a vector of partial sums. These are folded at the end, pair by pair, into
 * one vector of finished sums: at each level the upper half of one meets the lower half of the
 * other.
 *
 * <p>Flat like {@link WideTiles}, for the same reason. Channels beyond a multiple of the vector are
 * reached by a last vector that overlaps; masked loads would do, but with them the compiler put the
 * vectors of this body on the heap (0.4 GB/s of keys instead of 40).
 */
final class RowScores {

    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final VectorMask<Float> UPPER_8 = upper(8);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorMask<Float> UPPER_4 = upper(4);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorMask<Float> UPPER_2 = upper(2);
    private static final VectorShuffle<Float> SWAP_1 = swap(1);
    private static final VectorMask<Float> UPPER_1 = upper(1);

    private static final ScalarKernels PLAIN = new ScalarKernels();

    private RowScores() {}

    /** The halves of each group of 2 · half lanes change places. */
    private static VectorShuffle<Float> swap(int half) {
        return VectorShuffle.fromOp(F, i -> (i ^ half) % LENGTH);
    }

    /** The upper half of each group of 2 · half lanes. */
    private static VectorMask<Float> upper(int half) {
        var lanes = IntStream.range(0, LENGTH).filter(i -> (i & half) != 0);
        return VectorMask.fromLong(F, lanes.mapToLong(i -> 1L << i).sum());
    }

    /** {@link Kernels#rowScores}. */
    static void rowScores(
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
        if (d < LENGTH) {
            PLAIN.rowScores(q, qo, qStride, k, ko, kStride, n, d, s, so);
            return;
        }
        var q1 = qo + qStride;
        var q2 = q1 + qStride;
        var q3 = q2 + qStride;
        var last = ko + (n - 1) * kStride;
        for (int j = 0; j < n; j += LENGTH / ROWS) {
            var p = ko + j * kStride;
            switch (LENGTH) {
                case 16 ->
                        tile16(
                                q,
                                qo,
                                q1,
                                q2,
                                q3,
                                k,
                                p,
                                Math.min(p + kStride, last),
                                Math.min(p + 2 * kStride, last),
                                Math.min(p + 3 * kStride, last),
                                d,
                                s,
                                so + j * ROWS);
                case 8 ->
                        tile8(
                                q,
                                qo,
                                q1,
                                q2,
                                q3,
                                k,
                                p,
                                Math.min(p + kStride, last),
                                d,
                                s,
                                so + j * ROWS);
                case 4 -> tile4(q, qo, q1, q2, q3, k, p, d, s, so + j * ROWS);
                default -> throw new AssertionError(LENGTH);
            }
        }
    }

    /** Four keys against four rows, for vectors of 16 floats. */
    private static void tile16(
            float[] q,
            int q0,
            int q1,
            int q2,
            int q3,
            float[] k,
            int k0,
            int k1,
            int k2,
            int k3,
            int d,
            float[] s,
            int so) {
        var zero = FloatVector.zero(F);
        FloatVector a00 = zero, a01 = zero, a02 = zero, a03 = zero;
        FloatVector a10 = zero, a11 = zero, a12 = zero, a13 = zero;
        FloatVector a20 = zero, a21 = zero, a22 = zero, a23 = zero;
        FloatVector a30 = zero, a31 = zero, a32 = zero, a33 = zero;
        var c = 0;
        for (; c <= d - LENGTH; c += LENGTH) {
            var y0 = FloatVector.fromArray(F, q, q0 + c);
            var y1 = FloatVector.fromArray(F, q, q1 + c);
            var y2 = FloatVector.fromArray(F, q, q2 + c);
            var y3 = FloatVector.fromArray(F, q, q3 + c);
            var x0 = FloatVector.fromArray(F, k, k0 + c);
            a00 = x0.fma(y0, a00);
            a01 = x0.fma(y1, a01);
            a02 = x0.fma(y2, a02);
            a03 = x0.fma(y3, a03);
            var x1 = FloatVector.fromArray(F, k, k1 + c);
            a10 = x1.fma(y0, a10);
            a11 = x1.fma(y1, a11);
            a12 = x1.fma(y2, a12);
            a13 = x1.fma(y3, a13);
            var x2 = FloatVector.fromArray(F, k, k2 + c);
            a20 = x2.fma(y0, a20);
            a21 = x2.fma(y1, a21);
            a22 = x2.fma(y2, a22);
            a23 = x2.fma(y3, a23);
            var x3 = FloatVector.fromArray(F, k, k3 + c);
            a30 = x3.fma(y0, a30);
            a31 = x3.fma(y1, a31);
            a32 = x3.fma(y2, a32);
            a33 = x3.fma(y3, a33);
        }
        if (c < d) { // the last channels again, less those that are in
            var e = d - LENGTH;
            var rest = IntVector.fromArray(I, LAST, d - c);
            var y0 =
                    FloatVector.fromArray(F, q, q0 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var y1 =
                    FloatVector.fromArray(F, q, q1 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var y2 =
                    FloatVector.fromArray(F, q, q2 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var y3 =
                    FloatVector.fromArray(F, q, q3 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var x0 =
                    FloatVector.fromArray(F, k, k0 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            a00 = x0.fma(y0, a00);
            a01 = x0.fma(y1, a01);
            a02 = x0.fma(y2, a02);
            a03 = x0.fma(y3, a03);
            var x1 =
                    FloatVector.fromArray(F, k, k1 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            a10 = x1.fma(y0, a10);
            a11 = x1.fma(y1, a11);
            a12 = x1.fma(y2, a12);
            a13 = x1.fma(y3, a13);
            var x2 =
                    FloatVector.fromArray(F, k, k2 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            a20 = x2.fma(y0, a20);
            a21 = x2.fma(y1, a21);
            a22 = x2.fma(y2, a22);
            a23 = x2.fma(y3, a23);
            var x3 =
                    FloatVector.fromArray(F, k, k3 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            a30 = x3.fma(y0, a30);
            a31 = x3.fma(y1, a31);
            a32 = x3.fma(y2, a32);
            a33 = x3.fma(y3, a33);
        }
        var t0 = a00.blend(a20, UPPER_8).add(a20.blend(a00, UPPER_8).rearrange(SWAP_8));
        var t1 = a01.blend(a21, UPPER_8).add(a21.blend(a01, UPPER_8).rearrange(SWAP_8));
        var t2 = a02.blend(a22, UPPER_8).add(a22.blend(a02, UPPER_8).rearrange(SWAP_8));
        var t3 = a03.blend(a23, UPPER_8).add(a23.blend(a03, UPPER_8).rearrange(SWAP_8));
        var t4 = a10.blend(a30, UPPER_8).add(a30.blend(a10, UPPER_8).rearrange(SWAP_8));
        var t5 = a11.blend(a31, UPPER_8).add(a31.blend(a11, UPPER_8).rearrange(SWAP_8));
        var t6 = a12.blend(a32, UPPER_8).add(a32.blend(a12, UPPER_8).rearrange(SWAP_8));
        var t7 = a13.blend(a33, UPPER_8).add(a33.blend(a13, UPPER_8).rearrange(SWAP_8));
        var u0 = t0.blend(t4, UPPER_4).add(t4.blend(t0, UPPER_4).rearrange(SWAP_4));
        var u1 = t1.blend(t5, UPPER_4).add(t5.blend(t1, UPPER_4).rearrange(SWAP_4));
        var u2 = t2.blend(t6, UPPER_4).add(t6.blend(t2, UPPER_4).rearrange(SWAP_4));
        var u3 = t3.blend(t7, UPPER_4).add(t7.blend(t3, UPPER_4).rearrange(SWAP_4));
        var v0 = u0.blend(u2, UPPER_2).add(u2.blend(u0, UPPER_2).rearrange(SWAP_2));
        var v1 = u1.blend(u3, UPPER_2).add(u3.blend(u1, UPPER_2).rearrange(SWAP_2));
        var w0 = v0.blend(v1, UPPER_1).add(v1.blend(v0, UPPER_1).rearrange(SWAP_1));
        w0.intoArray(s, so);
    }

    /** Two keys against four rows, for vectors of 8 floats. */
    private static void tile8(
            float[] q,
            int q0,
            int q1,
            int q2,
            int q3,
            float[] k,
            int k0,
            int k1,
            int d,
            float[] s,
            int so) {
        var zero = FloatVector.zero(F);
        FloatVector a00 = zero, a01 = zero, a02 = zero, a03 = zero;
        FloatVector a10 = zero, a11 = zero, a12 = zero, a13 = zero;
        var c = 0;
        for (; c <= d - LENGTH; c += LENGTH) {
            var y0 = FloatVector.fromArray(F, q, q0 + c);
            var y1 = FloatVector.fromArray(F, q, q1 + c);
            var y2 = FloatVector.fromArray(F, q, q2 + c);
            var y3 = FloatVector.fromArray(F, q, q3 + c);
            var x0 = FloatVector.fromArray(F, k, k0 + c);
            a00 = x0.fma(y0, a00);
            a01 = x0.fma(y1, a01);
            a02 = x0.fma(y2, a02);
            a03 = x0.fma(y3, a03);
            var x1 = FloatVector.fromArray(F, k, k1 + c);
            a10 = x1.fma(y0, a10);
            a11 = x1.fma(y1, a11);
            a12 = x1.fma(y2, a12);
            a13 = x1.fma(y3, a13);
        }
        if (c < d) { // the last channels again, less those that are in
            var e = d - LENGTH;
            var rest = IntVector.fromArray(I, LAST, d - c);
            var y0 =
                    FloatVector.fromArray(F, q, q0 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var y1 =
                    FloatVector.fromArray(F, q, q1 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var y2 =
                    FloatVector.fromArray(F, q, q2 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var y3 =
                    FloatVector.fromArray(F, q, q3 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var x0 =
                    FloatVector.fromArray(F, k, k0 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            a00 = x0.fma(y0, a00);
            a01 = x0.fma(y1, a01);
            a02 = x0.fma(y2, a02);
            a03 = x0.fma(y3, a03);
            var x1 =
                    FloatVector.fromArray(F, k, k1 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            a10 = x1.fma(y0, a10);
            a11 = x1.fma(y1, a11);
            a12 = x1.fma(y2, a12);
            a13 = x1.fma(y3, a13);
        }
        var t0 = a00.blend(a10, UPPER_4).add(a10.blend(a00, UPPER_4).rearrange(SWAP_4));
        var t1 = a01.blend(a11, UPPER_4).add(a11.blend(a01, UPPER_4).rearrange(SWAP_4));
        var t2 = a02.blend(a12, UPPER_4).add(a12.blend(a02, UPPER_4).rearrange(SWAP_4));
        var t3 = a03.blend(a13, UPPER_4).add(a13.blend(a03, UPPER_4).rearrange(SWAP_4));
        var u0 = t0.blend(t2, UPPER_2).add(t2.blend(t0, UPPER_2).rearrange(SWAP_2));
        var u1 = t1.blend(t3, UPPER_2).add(t3.blend(t1, UPPER_2).rearrange(SWAP_2));
        var v0 = u0.blend(u1, UPPER_1).add(u1.blend(u0, UPPER_1).rearrange(SWAP_1));
        v0.intoArray(s, so);
    }

    /** One key against four rows, for vectors of 4 floats. */
    private static void tile4(
            float[] q,
            int q0,
            int q1,
            int q2,
            int q3,
            float[] k,
            int k0,
            int d,
            float[] s,
            int so) {
        var zero = FloatVector.zero(F);
        FloatVector a00 = zero, a01 = zero, a02 = zero, a03 = zero;
        var c = 0;
        for (; c <= d - LENGTH; c += LENGTH) {
            var y0 = FloatVector.fromArray(F, q, q0 + c);
            var y1 = FloatVector.fromArray(F, q, q1 + c);
            var y2 = FloatVector.fromArray(F, q, q2 + c);
            var y3 = FloatVector.fromArray(F, q, q3 + c);
            var x0 = FloatVector.fromArray(F, k, k0 + c);
            a00 = x0.fma(y0, a00);
            a01 = x0.fma(y1, a01);
            a02 = x0.fma(y2, a02);
            a03 = x0.fma(y3, a03);
        }
        if (c < d) { // the last channels again, less those that are in
            var e = d - LENGTH;
            var rest = IntVector.fromArray(I, LAST, d - c);
            var y0 =
                    FloatVector.fromArray(F, q, q0 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var y1 =
                    FloatVector.fromArray(F, q, q1 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var y2 =
                    FloatVector.fromArray(F, q, q2 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var y3 =
                    FloatVector.fromArray(F, q, q3 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            var x0 =
                    FloatVector.fromArray(F, k, k0 + e)
                            .reinterpretAsInts()
                            .and(rest)
                            .reinterpretAsFloats();
            a00 = x0.fma(y0, a00);
            a01 = x0.fma(y1, a01);
            a02 = x0.fma(y2, a02);
            a03 = x0.fma(y3, a03);
        }
        var t0 = a00.blend(a02, UPPER_2).add(a02.blend(a00, UPPER_2).rearrange(SWAP_2));
        var t1 = a01.blend(a03, UPPER_2).add(a03.blend(a01, UPPER_2).rearrange(SWAP_2));
        var u0 = t0.blend(t1, UPPER_1).add(t1.blend(t0, UPPER_1).rearrange(SWAP_1));
        u0.intoArray(s, so);
    }
}
