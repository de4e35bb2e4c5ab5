package io.github.subquad.bench;

import io.github.subquad.ChunkPlan;
import io.github.subquad.Kernel;

import java.util.List;

/**
 * How a call was cut, as files keep it.
 *
 * @param kernel form of evaluation that was chosen
 * @param threads host threads at work, which may be fewer than were allowed
 * @param queryChunkSize query rows of a chunk
 * @param kvChunkSize keys of a chunk
 * @param kvSplitSize keys whose partial states are kept apart
 * @param bytes planned beyond inputs and output
 * @param buffers the same by purpose
 */
public record PlanSummary(
        Kernel kernel,
        int threads,
        long queryChunkSize,
        long kvChunkSize,
        long kvSplitSize,
        long bytes,
        List<ChunkPlan.Buffer> buffers) {
    /** Keeps the buffers as they are now. */
    public PlanSummary {
        buffers = List.copyOf(buffers);
    }

    static PlanSummary of(ChunkPlan plan) {
        return new PlanSummary(
                plan.kernel(),
                plan.threads(),
                plan.queryChunkSize(),
                plan.kvChunkSize(),
                plan.kvSplitSize(),
                plan.extraBytes(),
                plan.buffers());
    }
}
