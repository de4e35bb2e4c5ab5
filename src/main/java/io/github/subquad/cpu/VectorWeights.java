package io.github.subquad.cpu;

import static io.github.subquad.cpu.Kernels.ROWS;
import static io.github.subquad.cpu.Kernels.WIDTH;
import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.I;
import static io.github.subquad.cpu.Lanes.LENGTH;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.util.Arrays;

/**
 * Scores to weights: {@link Exp2} in vectors. The check for a rise is an integer maximum of the
 * float bits, one instruction a vector: its order is that of floats where they are positive, which
 * is where it matters. It may miss a NaN with its sign set, so NaN is looked for in the sums, where
 * it stays.
 */
final class VectorWeights {

    private VectorWeights() {}

    /** {@link Kernels#columnMax} of four vectors of columns from lane w. */
    static void columnMax(float[] s, int w, int from, int n, float[] max) {
        var m0 = FloatVector.fromArray(F, max, w);
        var m1 = FloatVector.fromArray(F, max, w + LENGTH);
        var m2 = FloatVector.fromArray(F, max, w + 2 * LENGTH);
        var m3 = FloatVector.fromArray(F, max, w + 3 * LENGTH);
        for (int j = from; j < n; j++) {
            var at = j * WIDTH + w;
            var x0 = FloatVector.fromArray(F, s, at);
            var x1 = FloatVector.fromArray(F, s, at + LENGTH);
            var x2 = FloatVector.fromArray(F, s, at + 2 * LENGTH);
            var x3 = FloatVector.fromArray(F, s, at + 3 * LENGTH);
            m0 = m0.blend(x0, m0.lt(x0)); // max() lets NaN through and takes more instructions
            m1 = m1.blend(x1, m1.lt(x1));
            m2 = m2.blend(x2, m2.lt(x2));
            m3 = m3.blend(x3, m3.lt(x3));
        }
        m0.intoArray(max, w);
        m1.intoArray(max, w + LENGTH);
        m2.intoArray(max, w + 2 * LENGTH);
        m3.intoArray(max, w + 3 * LENGTH);
    }

    /** {@link Kernels#weights}. */
    static boolean weights(float[] s, int n, float[] neg, int no, float[] part, float rise) {
        var risen = false;
        for (int w = 0; w < WIDTH; w += 4 * LENGTH) {
            risen |= columns(s, w, n, neg, no + w, part, rise);
        }
        return risen;
    }

    /**
     * Four vectors of a block's columns from lane w. Stage by stage over the four, so that each
     * instruction's result has time to arrive.
     */
    private static boolean columns(
            float[] s, int w, int n, float[] neg, int no, float[] part, float rise) {
        var zero = FloatVector.zero(F);
        var lowest = FloatVector.broadcast(F, Exp2.LOWEST);
        var magic = FloatVector.broadcast(F, Exp2.MAGIC);
        var one = FloatVector.broadcast(F, 1);
        var c1 = FloatVector.broadcast(F, Exp2.C1);
        var c2 = FloatVector.broadcast(F, Exp2.C2);
        var c3 = FloatVector.broadcast(F, Exp2.C3);
        var c4 = FloatVector.broadcast(F, Exp2.C4);
        var c5 = FloatVector.broadcast(F, Exp2.C5);
        var m0 = FloatVector.fromArray(F, neg, no);
        var m1 = FloatVector.fromArray(F, neg, no + LENGTH);
        var m2 = FloatVector.fromArray(F, neg, no + 2 * LENGTH);
        var m3 = FloatVector.fromArray(F, neg, no + 3 * LENGTH);
        FloatVector sum0 = zero, sum1 = zero, sum2 = zero, sum3 = zero;
        var top = IntVector.zero(I);
        for (int j = 0; j < n; j++) {
            var at = j * WIDTH + w;
            var x0 = FloatVector.fromArray(F, s, at).add(m0);
            var x1 = FloatVector.fromArray(F, s, at + LENGTH).add(m1);
            var x2 = FloatVector.fromArray(F, s, at + 2 * LENGTH).add(m2);
            var x3 = FloatVector.fromArray(F, s, at + 3 * LENGTH).add(m3);
            top =
                    top.max(x0.reinterpretAsInts())
                            .max(x1.reinterpretAsInts())
                            .max(x2.reinterpretAsInts())
                            .max(x3.reinterpretAsInts());
            var t0 = x0.add(magic);
            var t1 = x1.add(magic);
            var t2 = x2.add(magic);
            var t3 = x3.add(magic);
            var f0 = x0.sub(t0.sub(magic));
            var f1 = x1.sub(t1.sub(magic));
            var f2 = x2.sub(t2.sub(magic));
            var f3 = x3.sub(t3.sub(magic));
            var p0 = f0.fma(c5, c4);
            var p1 = f1.fma(c5, c4);
            var p2 = f2.fma(c5, c4);
            var p3 = f3.fma(c5, c4);
            p0 = p0.fma(f0, c3);
            p1 = p1.fma(f1, c3);
            p2 = p2.fma(f2, c3);
            p3 = p3.fma(f3, c3);
            p0 = p0.fma(f0, c2);
            p1 = p1.fma(f1, c2);
            p2 = p2.fma(f2, c2);
            p3 = p3.fma(f3, c2);
            p0 = p0.fma(f0, c1);
            p1 = p1.fma(f1, c1);
            p2 = p2.fma(f2, c1);
            p3 = p3.fma(f3, c1);
            p0 = p0.fma(f0, one);
            p1 = p1.fma(f1, one);
            p2 = p2.fma(f2, one);
            p3 = p3.fma(f3, one);
            p0 =
                    p0.mul(t0.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                            .blend(zero, x0.lt(lowest));
            p1 =
                    p1.mul(t1.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                            .blend(zero, x1.lt(lowest));
            p2 =
                    p2.mul(t2.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                            .blend(zero, x2.lt(lowest));
            p3 =
                    p3.mul(t3.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                            .blend(zero, x3.lt(lowest));
            sum0 = sum0.add(p0);
            sum1 = sum1.add(p1);
            sum2 = sum2.add(p2);
            sum3 = sum3.add(p3);
            p0.intoArray(s, at);
            p1.intoArray(s, at + LENGTH);
            p2.intoArray(s, at + 2 * LENGTH);
            p3.intoArray(s, at + 3 * LENGTH);
        }
        sum0.intoArray(part, w);
        sum1.intoArray(part, w + LENGTH);
        sum2.intoArray(part, w + 2 * LENGTH);
        sum3.intoArray(part, w + 3 * LENGTH);
        var all = sum0.add(sum1).add(sum2.add(sum3));
        return top.compare(GT, Float.floatToRawIntBits(rise))
                .or(all.compare(NE, all).cast(I))
                .anyTrue();
    }

    /** {@link Kernels#rowWeights}: a vector holds {@code LENGTH / ROWS} keys of all rows. */
    static boolean rowWeights(float[] s, int n, float[] neg, int no, float[] part, float rise) {
        var end = n * ROWS;
        var padded = F.loopBound(end + LENGTH - 1);
        Arrays.fill(s, end, padded, Float.NEGATIVE_INFINITY); // weight 0
        for (int i = 0; i < LENGTH; i++) {
            part[i] = neg[no + i % ROWS];
        }
        var risen = lanesInTurn(s, padded, part, rise);
        for (int half = LENGTH / 2; half >= ROWS; half /= 2) {
            for (int i = 0; i < half; i++) {
                part[i] += part[i + half];
            }
        }
        return risen;
    }

    /** Vector after vector up to end; part comes as what is added to each lane, goes as sums. */
    private static boolean lanesInTurn(float[] s, int end, float[] part, float rise) {
        var zero = FloatVector.zero(F);
        var c4 = FloatVector.broadcast(F, Exp2.C4);
        var c3 = FloatVector.broadcast(F, Exp2.C3);
        var c2 = FloatVector.broadcast(F, Exp2.C2);
        var c1 = FloatVector.broadcast(F, Exp2.C1);
        var one = FloatVector.broadcast(F, 1);
        var m = FloatVector.fromArray(F, part, 0);
        var sum = zero;
        var top = IntVector.zero(I);
        for (int i = 0; i < end; i += LENGTH) {
            var x = FloatVector.fromArray(F, s, i).add(m);
            top = top.max(x.reinterpretAsInts());
            var t = x.add(Exp2.MAGIC);
            var f = x.sub(t.sub(Exp2.MAGIC));
            var p = f.fma(FloatVector.broadcast(F, Exp2.C5), c4);
            p = p.fma(f, c3).fma(f, c2).fma(f, c1).fma(f, one);
            p =
                    p.mul(t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                            .blend(zero, x.lt(Exp2.LOWEST));
            sum = sum.add(p);
            p.intoArray(s, i);
        }
        sum.intoArray(part, 0);
        return top.compare(GT, Float.floatToRawIntBits(rise))
                .or(sum.compare(NE, sum).cast(I))
                .anyTrue();
    }
}
