package io.github.subquad.cpu;

import java.lang.foreign.MemorySegment;

/**
 * The loops of a {@link CpuRoofProbe} on one core, as two twins like {@link Kernels}. Both take
 * their factors as arguments, so that no compiler knows the result beforehand.
 */
interface RoofLoops {
    /** The twin that computes as the kernels do. */
    static RoofLoops like(Kernels kernels) {
        return kernels instanceof ScalarKernels ? new ScalarRoofLoops() : new VectorRoofLoops();
    }

    /** Floats that {@link #multiplyAdd} takes forward abreast. */
    int chains();

    /** Multiply-adds of a chain that take a fraction of a millisecond; at most 2^16. */
    int steps();

    /**
     * Each chain begins with 0 and becomes {@code chain · x + y}, again and again.
     *
     * @param steps multiply-adds of each chain, a multiple of 16
     * @return the sum over all chains
     */
    float multiplyAdd(int steps, float x, float y);

    /**
     * Adds up float32.
     *
     * @param from first byte
     * @param bytes how many, a multiple of 1024
     */
    float sum(MemorySegment numbers, long from, long bytes);
}
