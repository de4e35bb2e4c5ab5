package io.github.subquad.peers;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The lane width that the engine uses, for the loops it is compared with. */
final class Lanes {
    private Lanes() {}

    /** By the engine's own property where it is set, else the processor's. */
    static VectorSpecies<Float> species() {
        return switch (System.getProperty("subquad.lanes", "")) {
            case "128" -> FloatVector.SPECIES_128;
            case "256" -> FloatVector.SPECIES_256;
            case "512" -> FloatVector.SPECIES_512;
            default -> FloatVector.SPECIES_PREFERRED;
        };
    }
}
