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
        return best(shape, options, threads, (q, k) -> withStates(shape, q, k, scratch.of(q, k)));
    }

    /**
     * The largest chunks of a backward pass within the budget.
     *
     * @param shape sizes of the call
     * @param options chunk sizes and budget
     * @param threads that the engine will use
     * @param scratch the engine's own buffers to differentiate one chunk
     * @return the plan
     * @throws IllegalArgumentException if the budget is too small; says the least
     */
    public static ChunkPlan planBackward(
            AttentionShape shape, AttentionOptions options, int threads, Scratch scratch) {
        return best(
                shape,
                options,
                threads,
                (q, k) -> withGradients(shape, options, q, k, scratch.of(q, k)));
    }

    private static ChunkPlan best(
            AttentionShape shape, AttentionOptions options, int threads, Scratch buffers) {
        long queries = atMost(shape.queryTokens(), queryChunkSize(options));
        long keys = atMost(shape.keyTokens(), kvChunkSize(options, shape.keyTokens()));
        List<ChunkPlan> candidates = new ArrayList<>();
        for (; queries > 1; queries = (queries + 1) / 2) {
            candidates.add(plan(shape, queries, keys, threads, buffers));
        }
        candidates.add(plan(shape, 1, keys, threads, buffers));
        Integer given = options.kvChunkSizeMin();
        long least = given == null ? LEAST_KEYS : Math.max(LEAST_KEYS, given);
        while (keys > least) {
            keys = Math.max(least, keys / 2);
            candidates.add(plan(shape, 1, keys, threads, buffers));
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
            AttentionShape shape, long queries, long keys, int threads, Scratch buffers) {
        return new ChunkPlan(
                shape,
                Kernel.STAGED,
                queries,
                keys,
                shape.keyTokens(),
                threads,
                buffers.of(queries, keys));
    }

    private static List<ChunkPlan.Buffer> withStates(
            AttentionShape shape, long queries, long keys, List<ChunkPlan.Buffer> scratch) {
        long rows = shape.queryHeads() * queries;
        long state = 4 * rows * (shape.valueChannels() + 2);
        List<ChunkPlan.Buffer> buffers = new ArrayList<>(scratch);
        boolean merges = keys < shape.keyTokens();
        buffers.add(new ChunkPlan.Buffer("states of a chunk's rows", merges ? 2 : 1, state));
        buffers.add(
                new ChunkPlan.Buffer("normalised rows", 1, 4 * rows * (shape.valueChannels() + 1)));
        return buffers;
    }

    /** Of a pair of chunks, and sums of the keys of a chunk. */
    private static List<ChunkPlan.Buffer> withGradients(
            AttentionShape shape,
            AttentionOptions options,
            long queries,
            long keys,
            List<ChunkPlan.Buffer> scratch) {
        AttentionShape chunk = shape.withTokens(queries, keys);
        AttentionShape keysAlone = shape.withTokens(0, keys);
        List<ChunkPlan.Buffer> buffers = new ArrayList<>(scratch);
        buffers.add(
                new ChunkPlan.Buffer(
                        "gradients of a pair of chunks",
                        1,
                        AttnGradChunk.bytes(chunk, options.maskGradient())));
        buffers.add(
                new ChunkPlan.Buffer(
                        "gradients of a chunk of keys", 1, AttnGradChunk.bytes(keysAlone, false)));
        return buffers;
    }
}
