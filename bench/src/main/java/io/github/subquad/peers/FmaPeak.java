package io.github.subquad.peers;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the processor's multiply-adds reach when nothing is loaded or stored: twelve independent
 * chains in registers, on all threads. It moves with the machine's other work and its clock, so it
 * is only worth something beside figures of the same minute.
 */
final class FmaPeak implements AutoCloseable {
    private static final VectorSpecies<Float> SPECIES = Lanes.species();
    private static final int CHAINS = 12;
    private static final int STEPS = 100_000;
    private static final int REPEATS = 40;

    private final Team team;

    FmaPeak(int threads) {
        team = new Team(threads);
    }

    float run() {
        return team.run(_ -> FmaPeak::repeat);
    }

    /** Floating-point operations of a call, two for each multiply-add of each lane. */
    double flops() {
        return 2.0 * team.threads() * REPEATS * STEPS * CHAINS * SPECIES.length();
    }

    private static float repeat() {
        float sum = 0;
        for (int i = 0; i < REPEATS; i++) {
            sum += chains();
        }
        return sum;
    }

    /** Every chain tends to 1, from a start of its own, so that none can stand for another. */
    private static float chains() {
        FloatVector h = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector a = FloatVector.broadcast(SPECIES, 1f);
        FloatVector b = FloatVector.broadcast(SPECIES, 2f);
        FloatVector c = FloatVector.broadcast(SPECIES, 3f);
        FloatVector d = FloatVector.broadcast(SPECIES, 4f);
        FloatVector e = FloatVector.broadcast(SPECIES, 5f);
        FloatVector f = FloatVector.broadcast(SPECIES, 6f);
        FloatVector g = FloatVector.broadcast(SPECIES, 7f);
        FloatVector i = FloatVector.broadcast(SPECIES, 8f);
        FloatVector j = FloatVector.broadcast(SPECIES, 9f);
        FloatVector k = FloatVector.broadcast(SPECIES, 10f);
        FloatVector l = FloatVector.broadcast(SPECIES, 11f);
        FloatVector m = FloatVector.broadcast(SPECIES, 12f);
        for (int step = 0; step < STEPS; step++) {
            a = a.fma(h, h);
            b = b.fma(h, h);
            c = c.fma(h, h);
            d = d.fma(h, h);
            e = e.fma(h, h);
            f = f.fma(h, h);
            g = g.fma(h, h);
            i = i.fma(h, h);
            j = j.fma(h, h);
            k = k.fma(h, h);
            l = l.fma(h, h);
            m = m.fma(h, h);
        }
        FloatVector left = a.add(b).add(c).add(d).add(e).add(f);
        FloatVector right = g.add(i).add(j).add(k).add(l).add(m);
        return left.mul(right).lane(0);
    }

    @Override
    public void close() {
        team.close();
    }
}
