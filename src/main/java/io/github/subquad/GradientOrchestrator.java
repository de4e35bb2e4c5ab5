package io.github.subquad;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CancellationException;

/**
 * A backward pass chunk by chunk: for each chunk of the keys, walk the queries in chunks, and add
 * what each pair of chunks contributes, in that order. Gradients of keys and values are complete
 * after their chunk; those of the queries grow with every chunk of keys.
 */
public final class GradientOrchestrator {
    private GradientOrchestrator() {}

    /**
     * The gradients of all inputs, with every weight recomputed.
     *
     * @param engine that differentiates chunks
     * @param in the call, what it gave, and the gradient of that
     * @param out where the results go
     * @param plan whose chunk sizes count
     * @throws CancellationException if the thread is interrupted; its flag stays set
     */
    public static void backward(
            GradientEngine engine, BackwardInputs in, GradientOutputs out, ChunkPlan plan) {
        out.clear();
        long size = plan.kvChunkSize();
        for (long start = 0; start < in.call().keyTokens(); start += size) {
            BackwardInputs keys = in.narrowKeys(start, size);
            AttentionShape shape = keys.shape();
            AttnGradChunk sums = AttnGradChunk.zeros(shape.withTokens(0, shape.keyTokens()), false);
            addQueries(
                    engine,
                    keys,
                    plan.queryChunkSize(),
                    sums,
                    out.query(),
                    maskOf(out, start, size));
            store(sums.key(), SubQuadraticAttention.narrowTrunc(out.key(), 2, start, size));
            store(sums.value(), SubQuadraticAttention.narrowTrunc(out.value(), 2, start, size));
            out.meter().advance(shape.keyHeads() * shape.keyTokens());
        }
    }

    private static @Nullable Tensor maskOf(GradientOutputs out, long start, long size) {
        Tensor mask = out.mask();
        return mask == null ? null : SubQuadraticAttention.narrowTrunc(mask, 3, start, size);
    }

    /** Adds what all queries contribute to a chunk of keys, and those keys to the queries. */
    private static void addQueries(
            GradientEngine engine,
            BackwardInputs keys,
            long size,
            AttnGradChunk sums,
            Tensor query,
            @Nullable Tensor mask) {
        for (long start = 0; start < keys.call().queryTokens(); start += size) {
            BackwardInputs chunk = keys.narrowQueries(start, size);
            if (!chunk.call().seesAnyKey()) {
                continue;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("the backward pass was interrupted");
            }
            AttnGradChunk part = engine.differentiateChunk(chunk, mask != null);
            add(part.key(), sums.key());
            add(part.value(), sums.value());
            add(part.query(), SubQuadraticAttention.narrowTrunc(query, 2, start, size));
            if (mask != null && part.mask() != null) {
                add(part.mask(), SubQuadraticAttention.narrowTrunc(mask, 2, start, size));
            }
        }
    }

    private static void add(float[] part, float[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += part[i];
        }
    }

    private static void add(float[] part, Tensor sums) {
        sums.addFrom(wrap(part, sums));
    }

    private static void store(float[] sums, Tensor gradient) {
        gradient.copyFrom(wrap(sums, gradient));
    }

    private static Tensor wrap(float[] values, Tensor like) {
        return Tensor.wrap(MemorySegment.ofArray(values), DataType.F32, like.shape());
    }
}
