package io.github.subquad;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Plans for engines that summarise chunk by chunk. Sizes not given are the original's: 1024
 * queries, ⌊√key tokens⌋ keys, but no fewer than {@code kvChunkSizeMin}.
 */
public final class StagedPlanner {
    /** A budget shrinks key chunks no further: each merge rounds, and little memory is saved. */
    private static final long LEAST_KEYS = 16;

    private StagedPlanner() {}

    /** What an engine allocates to summarise one chunk. */
    @FunctionalInterface
    public interface Scratch {
        /**
         * The engine's account.
         *
         * @param queryChunkSize query rows of a chunk
         * @param kvChunkSize keys of a chunk
         * @return every buffer that the engine holds meanwhile, the chunk's sums aside
         */
        List<ChunkPlan.Buffer> of(long queryChunkSize, long kvChunkSize);
    }

    /**
     * The largest chunks within the budget: queries are halved first, since the partial states grow
     * with them, then keys.
     *
     * @param shape sizes of the call
     * @param options chunk sizes and budget
     * @param threads that the engine will use
     * @param scratch the engine's own buffers
     * @return the plan
     * @throws IllegalArgumentException if the budget is too small; says the least
     */
    public static ChunkPlan plan(
            AttentionShape shape, AttentionOptions options, int threads, Scratch scratch) {
        long queries = atMost(shape.queryTokens(), queryChunkSize(options));
        long keys = atMost(shape.keyTokens(), kvChunkSize(options, shape.keyTokens()));
        List<ChunkPlan> candidates = new ArrayList<>();
        for (; queries > 1; queries = (queries + 1) / 2) {
            candidates.add(plan(shape, queries, keys, threads, scratch));
        }
        candidates.add(plan(shape, 1, keys, threads, scratch));
        Integer given = options.kvChunkSizeMin();
        long least = given == null ? LEAST_KEYS : Math.max(LEAST_KEYS, given);
        while (keys > least) {
            keys = Math.max(least, keys / 2);
            candidates.add(plan(shape, 1, keys, threads, scratch));
        }
        return ChunkPlan.firstWithin(options, candidates);
    }

    private static long queryChunkSize(AttentionOptions options) {
        Integer given = options.queryChunkSize();
        return given != null ? given : AttentionOptions.DEFAULT_QUERY_CHUNK_SIZE;
    }

    private static long kvChunkSize(AttentionOptions options, long keyTokens) {
        Integer given = options.kvChunkSize();
        if (given != null) {
            return given;
        }
        @Nullable Integer least = options.kvChunkSizeMin();
        return Math.max(least == null ? 1 : least, (long) Math.sqrt(keyTokens));
    }

    private static long atMost(long tokens, long size) {
        return Math.clamp(size, 1, Math.max(1, tokens));
    }

    private static ChunkPlan plan(
            AttentionShape shape, long queries, long keys, int threads, Scratch scratch) {
        long rows = shape.queryHeads() * queries;
        long state = 4 * rows * (shape.valueChannels() + 2);
        List<ChunkPlan.Buffer> buffers = new ArrayList<>(scratch.of(queries, keys));
        boolean merges = keys < shape.keyTokens();
        buffers.add(new ChunkPlan.Buffer("states of a chunk's rows", merges ? 2 : 1, state));
        buffers.add(
                new ChunkPlan.Buffer("normalised rows", 1, 4 * rows * (shape.valueChannels() + 1)));
        return new ChunkPlan(
                shape, Kernel.STAGED, queries, keys, shape.keyTokens(), threads, buffers);
    }
}
