package io.github.subquad;

/**
 * Computes on one device. Engines are thread-safe: several calls may run at the same time.
 *
 * <p>A staged engine implements {@link #summarizeChunk} alone and lets the orchestrator walk the
 * chunks; a fused engine overrides {@link #attend}.
 */
public interface AttentionEngine extends AutoCloseable {
    /**
     * The device.
     *
     * @return where this engine computes
     */
    Device device();

    /**
     * Cuts a call and accounts for every buffer, without allocating any.
     *
     * @param shape sizes of the call
     * @return the plan that {@link #attend} will keep
     * @throws IllegalArgumentException if the memory budget is too small; says the least
     */
    ChunkPlan plan(AttentionShape shape);

    /**
     * Attends all queries to all keys.
     *
     * @param inputs what to attend
     * @param outputs where the results go
     * @param plan made by {@link #plan} for these sizes
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; outputs are
     *     then undefined and the interrupt flag stays set
     * @throws BackendException if the device fails
     */
    default void attend(AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan) {
        Orchestrator.attend(this, inputs, outputs, plan);
    }

    /**
     * The contribution of some keys to some queries.
     *
     * @param chunk queries, keys and values of one chunk
     * @return sums of the rows {@code [batch, query heads, query tokens]}, in that order
     * @throws IllegalArgumentException if the chunk exceeds what a Java array holds
     */
    AttnChunk summarizeChunk(AttentionInputs chunk);

    /**
     * What differentiates calls of this engine.
     *
     * @return for this engine's options, closed with it
     * @throws UnsupportedOperationException if there is none; its message says why
     */
    default GradientEngine gradients() {
        throw new UnsupportedOperationException(device().address() + " computes no gradients");
    }

    /**
     * What the engine really holds, to be compared with the plan.
     *
     * @return the most bytes of scratch and partial states held at once since it was opened; not
     *     outputs, and not the states that the orchestrator merges
     */
    long peakBytes();

    /**
     * Those of {@link #peakBytes} that lay in a device's own memory.
     *
     * @return bytes, 0 if the engine computes in the host's memory
     */
    default long peakDeviceBytes() {
        return 0;
    }

    /** Frees all buffers and threads; calls after it fail with IllegalStateException. */
    @Override
    void close();
}
