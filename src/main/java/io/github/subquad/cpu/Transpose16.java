package io.github.subquad.cpu;

import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.I;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.util.stream.IntStream;

/**
 * A square of 16 × 16 floats transposed in 16 registers of 512 bits: four perfect shuffles of its
 * rows, all alike. Each takes row i and row i + 8 apart into lower and upper halves, lane by lane
 * in turn.
 */
final class Transpose16 {

    private static final IntVector LOW = interleaved(0);
    private static final IntVector HIGH = interleaved(8);

    private Transpose16() {}

    /** Lanes from, 16 + from, from + 1, 17 + from … of two vectors seen as one. */
    private static IntVector interleaved(int from) {
        return IntVector.fromArray(
                I, IntStream.range(0, 16).map(i -> from + i / 2 + i % 2 * 16).toArray(), 0);
    }

    /**
     * {@code dst[to + c·ts + r] = src[so + min(r, last)·ss + c] · factor[fo + c]} for r, c &lt; 16.
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
        var a0 = FloatVector.fromArray(F, src, so).mul(f).reinterpretAsInts();
        var a1 =
                FloatVector.fromArray(F, src, so + Math.min(1, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a2 =
                FloatVector.fromArray(F, src, so + Math.min(2, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a3 =
                FloatVector.fromArray(F, src, so + Math.min(3, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a4 =
                FloatVector.fromArray(F, src, so + Math.min(4, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a5 =
                FloatVector.fromArray(F, src, so + Math.min(5, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a6 =
                FloatVector.fromArray(F, src, so + Math.min(6, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a7 =
                FloatVector.fromArray(F, src, so + Math.min(7, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a8 =
                FloatVector.fromArray(F, src, so + Math.min(8, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a9 =
                FloatVector.fromArray(F, src, so + Math.min(9, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a10 =
                FloatVector.fromArray(F, src, so + Math.min(10, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a11 =
                FloatVector.fromArray(F, src, so + Math.min(11, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a12 =
                FloatVector.fromArray(F, src, so + Math.min(12, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a13 =
                FloatVector.fromArray(F, src, so + Math.min(13, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a14 =
                FloatVector.fromArray(F, src, so + Math.min(14, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var a15 =
                FloatVector.fromArray(F, src, so + Math.min(15, last) * ss)
                        .mul(f)
                        .reinterpretAsInts();
        var b0 = LOW.selectFrom(a0, a8);
        var b1 = HIGH.selectFrom(a0, a8);
        var b2 = LOW.selectFrom(a1, a9);
        var b3 = HIGH.selectFrom(a1, a9);
        var b4 = LOW.selectFrom(a2, a10);
        var b5 = HIGH.selectFrom(a2, a10);
        var b6 = LOW.selectFrom(a3, a11);
        var b7 = HIGH.selectFrom(a3, a11);
        var b8 = LOW.selectFrom(a4, a12);
        var b9 = HIGH.selectFrom(a4, a12);
        var b10 = LOW.selectFrom(a5, a13);
        var b11 = HIGH.selectFrom(a5, a13);
        var b12 = LOW.selectFrom(a6, a14);
        var b13 = HIGH.selectFrom(a6, a14);
        var b14 = LOW.selectFrom(a7, a15);
        var b15 = HIGH.selectFrom(a7, a15);
        var c0 = LOW.selectFrom(b0, b8);
        var c1 = HIGH.selectFrom(b0, b8);
        var c2 = LOW.selectFrom(b1, b9);
        var c3 = HIGH.selectFrom(b1, b9);
        var c4 = LOW.selectFrom(b2, b10);
        var c5 = HIGH.selectFrom(b2, b10);
        var c6 = LOW.selectFrom(b3, b11);
        var c7 = HIGH.selectFrom(b3, b11);
        var c8 = LOW.selectFrom(b4, b12);
        var c9 = HIGH.selectFrom(b4, b12);
        var c10 = LOW.selectFrom(b5, b13);
        var c11 = HIGH.selectFrom(b5, b13);
        var c12 = LOW.selectFrom(b6, b14);
        var c13 = HIGH.selectFrom(b6, b14);
        var c14 = LOW.selectFrom(b7, b15);
        var c15 = HIGH.selectFrom(b7, b15);
        var d0 = LOW.selectFrom(c0, c8);
        var d1 = HIGH.selectFrom(c0, c8);
        var d2 = LOW.selectFrom(c1, c9);
        var d3 = HIGH.selectFrom(c1, c9);
        var d4 = LOW.selectFrom(c2, c10);
        var d5 = HIGH.selectFrom(c2, c10);
        var d6 = LOW.selectFrom(c3, c11);
        var d7 = HIGH.selectFrom(c3, c11);
        var d8 = LOW.selectFrom(c4, c12);
        var d9 = HIGH.selectFrom(c4, c12);
        var d10 = LOW.selectFrom(c5, c13);
        var d11 = HIGH.selectFrom(c5, c13);
        var d12 = LOW.selectFrom(c6, c14);
        var d13 = HIGH.selectFrom(c6, c14);
        var d14 = LOW.selectFrom(c7, c15);
        var d15 = HIGH.selectFrom(c7, c15);
        var e0 = LOW.selectFrom(d0, d8);
        var e1 = HIGH.selectFrom(d0, d8);
        var e2 = LOW.selectFrom(d1, d9);
        var e3 = HIGH.selectFrom(d1, d9);
        var e4 = LOW.selectFrom(d2, d10);
        var e5 = HIGH.selectFrom(d2, d10);
        var e6 = LOW.selectFrom(d3, d11);
        var e7 = HIGH.selectFrom(d3, d11);
        var e8 = LOW.selectFrom(d4, d12);
        var e9 = HIGH.selectFrom(d4, d12);
        var e10 = LOW.selectFrom(d5, d13);
        var e11 = HIGH.selectFrom(d5, d13);
        var e12 = LOW.selectFrom(d6, d14);
        var e13 = HIGH.selectFrom(d6, d14);
        var e14 = LOW.selectFrom(d7, d15);
        var e15 = HIGH.selectFrom(d7, d15);
        e0.reinterpretAsFloats().intoArray(dst, to);
        e1.reinterpretAsFloats().intoArray(dst, to + ts);
        e2.reinterpretAsFloats().intoArray(dst, to + 2 * ts);
        e3.reinterpretAsFloats().intoArray(dst, to + 3 * ts);
        e4.reinterpretAsFloats().intoArray(dst, to + 4 * ts);
        e5.reinterpretAsFloats().intoArray(dst, to + 5 * ts);
        e6.reinterpretAsFloats().intoArray(dst, to + 6 * ts);
        e7.reinterpretAsFloats().intoArray(dst, to + 7 * ts);
        e8.reinterpretAsFloats().intoArray(dst, to + 8 * ts);
        e9.reinterpretAsFloats().intoArray(dst, to + 9 * ts);
        e10.reinterpretAsFloats().intoArray(dst, to + 10 * ts);
        e11.reinterpretAsFloats().intoArray(dst, to + 11 * ts);
        e12.reinterpretAsFloats().intoArray(dst, to + 12 * ts);
        e13.reinterpretAsFloats().intoArray(dst, to + 13 * ts);
        e14.reinterpretAsFloats().intoArray(dst, to + 14 * ts);
        e15.reinterpretAsFloats().intoArray(dst, to + 15 * ts);
    }
}
