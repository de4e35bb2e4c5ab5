package io.github.subquad.cpu;

import static io.github.subquad.cpu.Kernels.WIDTH;
import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.LENGTH;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;

/** Weights and gradients of scores. Flat like {@link WideTiles}, for the same reason. */
final class VectorGradients {
    private VectorGradients() {}

    /** {@link Kernels#scoreGradients}, two vectors abreast. */
    static void scoreGradients(float[] s, float[] ds, int n, float[] neg, float[] delta, int from) {
        for (int i = 0; i < n; i++) {
            row(s, ds, i * WIDTH, neg[from + i], delta[from + i]);
        }
    }

    private static void row(float[] s, float[] ds, int from, float neg, float delta) {
        var zero = FloatVector.zero(F);
        var hidden = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        var lowest = FloatVector.broadcast(F, Exp2.LOWEST);
        var magic = FloatVector.broadcast(F, Exp2.MAGIC);
        var one = FloatVector.broadcast(F, 1);
        var c1 = FloatVector.broadcast(F, Exp2.C1);
        var c2 = FloatVector.broadcast(F, Exp2.C2);
        var c3 = FloatVector.broadcast(F, Exp2.C3);
        var c4 = FloatVector.broadcast(F, Exp2.C4);
        var c5 = FloatVector.broadcast(F, Exp2.C5);
        var m = FloatVector.broadcast(F, neg);
        var mean = FloatVector.broadcast(F, delta);
        for (int at = from; at < from + WIDTH; at += 2 * LENGTH) {
            var s0 = FloatVector.fromArray(F, s, at);
            var s1 = FloatVector.fromArray(F, s, at + LENGTH);
            var x0 = s0.add(m).blend(hidden, s0.compare(EQ, hidden)); // though m be NaN
            var x1 = s1.add(m).blend(hidden, s1.compare(EQ, hidden));
            var t0 = x0.add(magic);
            var t1 = x1.add(magic);
            var f0 = x0.sub(t0.sub(magic));
            var f1 = x1.sub(t1.sub(magic));
            var p0 = f0.fma(c5, c4);
            var p1 = f1.fma(c5, c4);
            p0 = p0.fma(f0, c3);
            p1 = p1.fma(f1, c3);
            p0 = p0.fma(f0, c2);
            p1 = p1.fma(f1, c2);
            p0 = p0.fma(f0, c1);
            p1 = p1.fma(f1, c1);
            p0 = p0.fma(f0, one);
            p1 = p1.fma(f1, one);
            p0 =
                    p0.mul(t0.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                            .blend(zero, x0.lt(lowest));
            p1 =
                    p1.mul(t1.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                            .blend(zero, x1.lt(lowest));
            p0.intoArray(s, at);
            p1.intoArray(s, at + LENGTH);
            FloatVector.fromArray(F, ds, at)
                    .sub(mean)
                    .mul(p0)
                    .blend(zero, x0.compare(EQ, hidden))
                    .intoArray(ds, at);
            FloatVector.fromArray(F, ds, at + LENGTH)
                    .sub(mean)
                    .mul(p1)
                    .blend(zero, x1.compare(EQ, hidden))
                    .intoArray(ds, at + LENGTH);
        }
    }
}
