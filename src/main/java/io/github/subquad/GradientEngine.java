package io.github.subquad;

/**
 * Differentiates calls on the device of an {@link AttentionEngine}. Thread-safe.
 *
 * <p>With P = exp(scores − logSumExp) and dP = gradOutput·Vᵀ, the gradients are
 *
 * <pre>
 *   δ       = rowsum(gradOutput ∘ output)
 *   dS      = P ∘ (dP − δ)               gradient of the scores, and of the mask
 *   gradQuery = scale · dS·K,   gradKey = scale · dSᵀ·Q,   gradValue = Pᵀ·gradOutput
 * </pre>
 *
 * (Dao et al., arXiv 2205.14135, appendix B.2). P is computed again chunk by chunk, which is what
 * checkpointing the chunks of arXiv 2112.05682 comes to, or read where a forward pass kept it.
 */
public interface GradientEngine {
    /**
     * Cuts a forward pass that keeps what the backward pass needs.
     *
     * @param shape sizes of the call
     * @return the plan that {@link #forward} will keep; kept weights are among its buffers
     * @throws IllegalArgumentException if the memory budget is too small; says the least
     */
    ChunkPlan planForward(AttentionShape shape);

    /**
     * Cuts a backward pass.
     *
     * @param shape sizes of the call
     * @return the plan that {@link #backward} will keep; weights that the forward pass kept are
     *     among its buffers
     * @throws IllegalArgumentException if the memory budget is too small; says the least
     */
    ChunkPlan planBackward(AttentionShape shape);

    /**
     * Attends all queries to all keys.
     *
     * @param inputs what to attend
     * @param outputs where output and log-sum-exp go
     * @param plan made by {@link #planForward} for these sizes
     * @return weights for {@link #backward}, to be closed by the caller; {@link KeptWeights#NONE}
     *     if it is to recompute them all
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     * @throws BackendException if the device fails
     */
    KeptWeights forward(AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan);

    /**
     * The gradients of all inputs.
     *
     * @param inputs the call, what it gave, and the gradient of that
     * @param gradients where the results go; whatever was there is overwritten
     * @param kept what {@link #forward} returned for this call
     * @param plan made by {@link #planBackward} for these sizes
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; gradients
     *     are then undefined and the interrupt flag stays set
     * @throws BackendException if the device fails
     */
    void backward(
            BackwardInputs inputs, GradientOutputs gradients, KeptWeights kept, ChunkPlan plan);

    /**
     * What some queries and some keys contribute to the gradients.
     *
     * @param chunk output and log-sum-exp are those over all keys of the call
     * @param ofMask whether the gradient of the chunk's mask is wanted
     * @return partial gradients
     * @throws IllegalArgumentException if the chunk exceeds what a Java array holds
     */
    AttnGradChunk differentiateChunk(BackwardInputs chunk, boolean ofMask);
}
