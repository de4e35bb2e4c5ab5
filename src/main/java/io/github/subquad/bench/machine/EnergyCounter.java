package io.github.subquad.bench.machine;

import java.util.OptionalDouble;

/** Something that tells how much energy went into a part of the machine. */
interface EnergyCounter extends AutoCloseable {
    /** What it counts, such as {@code RAPL package 0+1}. */
    String name();

    /**
     * Energy since some moment of its own; never less than before.
     *
     * @return joules; empty if it cannot be read any more
     */
    OptionalDouble joules();

    /** Stops counting. */
    @Override
    void close();
}
