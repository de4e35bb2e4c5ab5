package io.github.subquad;

import java.util.concurrent.CancellationException;

/**
 * The algorithm of "Self-attention Does Not Need O(n²) Memory" (arXiv 2112.05682, section 3): walk
 * the queries in chunks; for each, walk the keys and values in chunks, summarise each and merge;
 * normalise at the end. One running state is kept, where the original stacks them all.
 */
final class Orchestrator {
    private Orchestrator() {}

    static void attend(
            AttentionEngine engine,
            AttentionInputs inputs,
            AttentionOutputs outputs,
            ChunkPlan plan) {
        long size = plan.queryChunkSize();
        for (long start = 0; start < inputs.queryTokens(); start += size) {
            AttentionInputs rows = inputs.narrowQueries(start, size);
            AttnChunk state = attendKeys(engine, rows, plan.kvChunkSize());
            outputs.narrowQueries(start, size).store(state);
        }
    }

    /** The contribution of all keys to a chunk of queries. */
    private static AttnChunk attendKeys(AttentionEngine engine, AttentionInputs rows, long size) {
        if (rows.keyTokens() <= size && rows.seesAnyKey()) {
            return summarize(engine, rows); // one chunk holds all keys: nothing to merge
        }
        AttnChunk state = emptyState(rows.shape());
        for (long start = 0; start < rows.keyTokens(); start += size) {
            AttentionInputs chunk = rows.narrowKeys(start, size);
            if (chunk.seesAnyKey()) {
                state.mergeInPlace(summarize(engine, chunk));
            }
        }
        return state;
    }

    private static AttnChunk summarize(AttentionEngine engine, AttentionInputs chunk) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("attention was interrupted");
        }
        return engine.summarizeChunk(chunk);
    }

    private static AttnChunk emptyState(AttentionShape shape) {
        long rows = Math.multiplyExact(shape.queryHeads(), shape.queryTokens());
        return AttnChunk.empty(Math.toIntExact(rows), Math.toIntExact(shape.valueChannels()));
    }
}
