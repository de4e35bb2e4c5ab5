package io.github.subquad.cpu;

import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.LENGTH;

import static jdk.incubator.vector.VectorOperators.ADD;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** On the Vector API: twelve chains of vectors keep the multiply-adders of every processor busy. */
final class VectorRoofLoops implements RoofLoops {
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    @Override
    public int chains() {
        return 12 * LENGTH;
    }

    @Override
    public int steps() {
        return 1 << 16;
    }

    @Override
    public float multiplyAdd(int steps, float x, float y) {
        FloatVector h = FloatVector.broadcast(F, x);
        FloatVector z = FloatVector.broadcast(F, y);
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        FloatVector e = a;
        FloatVector f = a;
        FloatVector g = a;
        FloatVector i = a;
        FloatVector j = a;
        FloatVector k = a;
        FloatVector l = a;
        FloatVector m = a;
        for (int step = 0; step < steps; step++) {
            a = a.fma(h, z);
            b = b.fma(h, z);
            c = c.fma(h, z);
            d = d.fma(h, z);
            e = e.fma(h, z);
            f = f.fma(h, z);
            g = g.fma(h, z);
            i = i.fma(h, z);
            j = j.fma(h, z);
            k = k.fma(h, z);
            l = l.fma(h, z);
            m = m.fma(h, z);
        }
        FloatVector left = a.add(b).add(c).add(d).add(e).add(f);
        FloatVector right = g.add(i).add(j).add(k).add(l).add(m);
        return left.add(right).reduceLanes(ADD);
    }

    @Override
    public float sum(MemorySegment numbers, long from, long bytes) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int step = F.vectorByteSize();
        for (long at = from; at < from + bytes; at += 4L * step) {
            a = a.add(FloatVector.fromMemorySegment(F, numbers, at, ORDER));
            b = b.add(FloatVector.fromMemorySegment(F, numbers, at + step, ORDER));
            c = c.add(FloatVector.fromMemorySegment(F, numbers, at + 2L * step, ORDER));
            d = d.add(FloatVector.fromMemorySegment(F, numbers, at + 3L * step, ORDER));
        }
        return a.add(b).add(c.add(d)).reduceLanes(ADD);
    }
}
