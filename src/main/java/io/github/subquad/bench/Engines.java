package io.github.subquad.bench;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Backends;
import io.github.subquad.RoofProbe;

import java.util.function.Function;

/**
 * Where a benchmark gets what it measures.
 *
 * @param sessions opens a session
 * @param probes opens the probe of a device's roof; fails with a {@link
 *     io.github.subquad.BackendException} where there is none
 */
public record Engines(
        Function<AttentionOptions, Attention> sessions,
        Function<AttentionOptions, RoofProbe> probes) {
    /** Those that are installed. */
    public static final Engines INSTALLED = new Engines(Attention::open, Backends::roofProbe);
}
