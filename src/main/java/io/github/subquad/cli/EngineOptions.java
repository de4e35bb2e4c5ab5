package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.ChunkPlan;
import io.github.subquad.tensor.DataType;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.function.Function;

/**
 * How to attend: the options of the library under its own names. A refusal is the user's to mend.
 */
final class EngineOptions {
    @Mixin private final DeviceOptions deviceOptions = new DeviceOptions();

    @Option(
            names = "--query-chunk-size",
            paramLabel = "ROWS",
            description = "Query rows handled together, at most (default: the engine's choice).")
    private @Nullable Integer queryChunkSize;

    @Option(
            names = "--kv-chunk-size",
            paramLabel = "KEYS",
            description = "Keys handled together, at most (default: the engine's choice).")
    private @Nullable Integer kvChunkSize;

    @Option(
            names = "--kv-chunk-size-min",
            paramLabel = "KEYS",
            description = "Least chunk of keys that is chosen where --kv-chunk-size is not given.")
    private @Nullable Integer kvChunkSizeMin;

    @Option(
            names = "--causal",
            arity = "0..1",
            paramLabel = "ALIGNMENT",
            fallbackValue = "bottom-right",
            converter = Words.OfCausal.class,
            completionCandidates = Words.OfCausal.class,
            description = {
                "A query sees no later keys. One of ${COMPLETION-CANDIDATES}: the last query sees"
                        + " all keys (default), or the first query sees the first key alone.",
            })
    private Causal causal = Causal.NONE;

    @Option(
            names = "--scale",
            paramLabel = "FACTOR",
            description = "Factor of the scores (default: 1/sqrt(channels)).")
    private @Nullable Double scale;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            converter = Words.OfPrecision.class,
            completionCandidates = Words.OfPrecision.class,
            description = {
                "Round wider inputs to this type before the products: ${COMPLETION-CANDIDATES}"
                        + " (default: no rounding). Sums are float32 always.",
            })
    private @Nullable DataType precision;

    @Mixin private final KernelOptions kernelOptions = new KernelOptions();

    /** Opens a session with these options and others. */
    Attention open(AttentionOptions.Builder others) {
        return deviceOptions.open(
                kernelOptions
                        .setOn(others)
                        .queryChunkSize(queryChunkSize)
                        .kvChunkSize(kvChunkSize)
                        .kvChunkSizeMin(kvChunkSizeMin)
                        .causal(causal)
                        .scale(scale)
                        .precision(precision));
    }

    /**
     * Plans a call of a session opened by {@link #open}.
     *
     * @param planner one of the session's, such as {@link Attention#plan}
     */
    static ChunkPlan plan(Function<AttentionShape, ChunkPlan> planner, AttentionShape shape) {
        try {
            return planner.apply(shape);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }
}
