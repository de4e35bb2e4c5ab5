package io.github.subquad.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

import java.util.stream.IntStream;

/**
 * The one vector width of this virtual machine's life. Constants, so that the compiler sees them as
 * such: {@link KernelProvider#LANES} asks for a width, else the processor's own is taken.
 */
final class Lanes {

    /** A vector of float32. */
    static final VectorSpecies<Float> F = floats();

    /** Floats of a vector: 16, 8 or 4. */
    static final int LENGTH = F.length();

    /** As many int lanes. */
    static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());

    /** As many short lanes: half the bits. */
    static final VectorSpecies<Short> S =
            VectorSpecies.of(short.class, VectorShape.forBitSize(F.vectorBitSize() / 2));

    /** Whether 32 registers hold a tile of 4 × 4 vectors. */
    static final boolean WIDE = LENGTH == 16;

    /** Zeros, then all bits: what is loaded at i keeps the last i lanes and clears the others. */
    static final int[] LAST =
            IntStream.range(0, 2 * LENGTH).map(i -> i < LENGTH ? 0 : -1).toArray();

    private Lanes() {}

    private static VectorSpecies<Float> floats() {
        var bits =
                Integer.getInteger(
                        KernelProvider.LANES, FloatVector.SPECIES_PREFERRED.vectorBitSize());
        return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
    }
}
