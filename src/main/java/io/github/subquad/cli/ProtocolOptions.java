package io.github.subquad.cli;

import io.github.subquad.bench.Protocol;

import picocli.CommandLine.Option;

import java.time.Duration;

/** How long and how often rows are measured. */
final class ProtocolOptions {
    @Option(
            names = "--repetitions",
            paramLabel = "N",
            description = {
                "Turns of each row (default: 10). Rows whose calls are so slow that they would take"
                        + " ten times --time have fewer, but at least 3.",
            })
    private int repetitions = Protocol.DEFAULT.repetitions();

    @Option(
            names = "--time",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description = "How long the calls of a row are timed, all turns together (default: 2).")
    private Duration time = Protocol.DEFAULT.time();

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description = "Most time for the calls before a row's first turn (default: 3).")
    private Duration warmUp = Protocol.DEFAULT.warmUp();

    @Option(
            names = "--cache",
            paramLabel = "STATE",
            converter = Words.OfCache.class,
            completionCandidates = Words.OfCache.class,
            description =
                    "The processor's caches when a call begins: ${COMPLETION-CANDIDATES} (default:"
                            + " warm).")
    private Protocol.Cache cache = Protocol.Cache.WARM;

    Protocol protocol() {
        return new Protocol(warmUp, time, repetitions, cache);
    }
}
