package io.github.subquad.bench;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Backends;
import io.github.subquad.RoofProbe;
import io.github.subquad.bench.machine.EnergyMeter;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where a benchmark gets what it measures, and what it measures energy with.
 *
 * @param sessions opens a session
 * @param probes opens the probe of a device's roof; fails with a {@link
 *     io.github.subquad.BackendException} where there is none
 * @param meters opens a meter of energy
 */
public record Engines(
        Function<AttentionOptions, Attention> sessions,
        Function<AttentionOptions, RoofProbe> probes,
        Supplier<EnergyMeter> meters) {
    /** Those that are installed. */
    public static final Engines INSTALLED =
            new Engines(Attention::open, Backends::roofProbe, EnergyMeter::open);

    /**
     * The same, with the energy of GPUs in it.
     *
     * @return engines
     */
    public Engines withGpuEnergy() {
        return new Engines(sessions, probes, () -> EnergyMeter.open(true));
    }
}
