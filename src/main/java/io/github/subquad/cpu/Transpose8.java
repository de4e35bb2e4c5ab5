package io.github.subquad.cpu;

import static io.github.subquad.cpu.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * A square of 8 × 8 floats transposed in registers of 256 bits: its off-diagonal quarters change
 * places, then those of each quarter, then those of each 2 × 2.
 */
final class Transpose8 {

    private static final VectorShuffle<Float> SWAP_4 = VectorShuffle.fromOp(F, i -> i ^ 4);
    private static final VectorShuffle<Float> SWAP_2 = VectorShuffle.fromOp(F, i -> i ^ 2);
    private static final VectorShuffle<Float> SWAP_1 = VectorShuffle.fromOp(F, i -> i ^ 1);
    private static final VectorMask<Float> UPPER_4 = VectorMask.fromLong(F, 0b11110000);
    private static final VectorMask<Float> UPPER_2 = VectorMask.fromLong(F, 0b11001100);
    private static final VectorMask<Float> UPPER_1 = VectorMask.fromLong(F, 0b10101010);

    private Transpose8() {}

    /**
     * {@code dst[to + c·ts + r] = src[so + min(r, last)·ss + c] · factor[fo + c]} for r, c &lt; 8.
     */
    static void square(
            float[] src,
            int so,
            int ss,
            int last,
            float[] factor,
            int fo,
            float[] dst,
            int to,
            int ts) {
        var f = FloatVector.fromArray(F, factor, fo);
        var a0 = FloatVector.fromArray(F, src, so).mul(f);
        var a1 = FloatVector.fromArray(F, src, so + Math.min(1, last) * ss).mul(f);
        var a2 = FloatVector.fromArray(F, src, so + Math.min(2, last) * ss).mul(f);
        var a3 = FloatVector.fromArray(F, src, so + Math.min(3, last) * ss).mul(f);
        var a4 = FloatVector.fromArray(F, src, so + Math.min(4, last) * ss).mul(f);
        var a5 = FloatVector.fromArray(F, src, so + Math.min(5, last) * ss).mul(f);
        var a6 = FloatVector.fromArray(F, src, so + Math.min(6, last) * ss).mul(f);
        var a7 = FloatVector.fromArray(F, src, so + Math.min(7, last) * ss).mul(f);
        var b0 = a0.blend(a4.rearrange(SWAP_4), UPPER_4);
        var b4 = a0.rearrange(SWAP_4).blend(a4, UPPER_4);
        var b1 = a1.blend(a5.rearrange(SWAP_4), UPPER_4);
        var b5 = a1.rearrange(SWAP_4).blend(a5, UPPER_4);
        var b2 = a2.blend(a6.rearrange(SWAP_4), UPPER_4);
        var b6 = a2.rearrange(SWAP_4).blend(a6, UPPER_4);
        var b3 = a3.blend(a7.rearrange(SWAP_4), UPPER_4);
        var b7 = a3.rearrange(SWAP_4).blend(a7, UPPER_4);
        var c0 = b0.blend(b2.rearrange(SWAP_2), UPPER_2);
        var c2 = b0.rearrange(SWAP_2).blend(b2, UPPER_2);
        var c1 = b1.blend(b3.rearrange(SWAP_2), UPPER_2);
        var c3 = b1.rearrange(SWAP_2).blend(b3, UPPER_2);
        var c4 = b4.blend(b6.rearrange(SWAP_2), UPPER_2);
        var c6 = b4.rearrange(SWAP_2).blend(b6, UPPER_2);
        var c5 = b5.blend(b7.rearrange(SWAP_2), UPPER_2);
        var c7 = b5.rearrange(SWAP_2).blend(b7, UPPER_2);
        var d0 = c0.blend(c1.rearrange(SWAP_1), UPPER_1);
        var d1 = c0.rearrange(SWAP_1).blend(c1, UPPER_1);
        var d2 = c2.blend(c3.rearrange(SWAP_1), UPPER_1);
        var d3 = c2.rearrange(SWAP_1).blend(c3, UPPER_1);
        var d4 = c4.blend(c5.rearrange(SWAP_1), UPPER_1);
        var d5 = c4.rearrange(SWAP_1).blend(c5, UPPER_1);
        var d6 = c6.blend(c7.rearrange(SWAP_1), UPPER_1);
        var d7 = c6.rearrange(SWAP_1).blend(c7, UPPER_1);
        d0.intoArray(dst, to);
        d1.intoArray(dst, to + ts);
        d2.intoArray(dst, to + 2 * ts);
        d3.intoArray(dst, to + 3 * ts);
        d4.intoArray(dst, to + 4 * ts);
        d5.intoArray(dst, to + 5 * ts);
        d6.intoArray(dst, to + 6 * ts);
        d7.intoArray(dst, to + 7 * ts);
    }
}
