package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttnGradChunk;
import io.github.subquad.BackwardInputs;
import io.github.subquad.ChunkPlan;
import io.github.subquad.GradientEngine;
import io.github.subquad.GradientOutputs;
import io.github.subquad.KeptWeights;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * What the gradients of all peers share: each pass is one call of the library, and what it keeps
 * between the two is its own affair. A forward pass leaves NaN for the log-sum-exp, which no peer
 * tells.
 *
 * @param <K> what is kept
 */
abstract class PeerGradients<K extends KeptWeights> implements GradientEngine {
    private final PeerEngine engine;
    private final Class<K> kind;

    PeerGradients(PeerEngine engine, Class<K> kind) {
        this.engine = engine;
        this.kind = kind;
    }

    @Override
    public final KeptWeights forward(
            AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan) {
        K kept =
                engine.call(() -> attend(inputs, outputs.output(), plan), inputs, outputs.output());
        @Nullable Tensor logSumExp = outputs.logSumExp();
        if (logSumExp != null) {
            logSumExp.fill(Float.NaN);
        }
        outputs.meter().advance(plan.shape().queryHeads() * plan.shape().queryTokens());
        return kept;
    }

    /**
     * Attends all queries to all keys.
     *
     * @param inputs what to attend
     * @param output for the result
     * @param plan of the call
     * @return what the backward pass needs
     */
    abstract K attend(AttentionInputs inputs, Tensor output, ChunkPlan plan);

    @Override
    public final void backward(
            BackwardInputs inputs, GradientOutputs gradients, KeptWeights kept, ChunkPlan plan) {
        if (!kind.isInstance(kept)) {
            throw new IllegalArgumentException(
                    "kept: expected what a forward pass of %s kept, got %s"
                            .formatted(engine.refusals().peer(), kept));
        }
        K own = kind.cast(kept);
        engine.call(
                () -> {
                    differentiate(inputs, gradients, own, plan);
                    return own;
                },
                inputs,
                gradients);
        gradients.meter().advance(plan.shape().keyHeads() * plan.shape().keyTokens());
    }

    /**
     * The gradients of query, key and value.
     *
     * @param inputs the call and the gradient of its output
     * @param gradients for the results
     * @param kept by the forward pass
     * @param plan of the call
     */
    abstract void differentiate(
            BackwardInputs inputs, GradientOutputs gradients, K kept, ChunkPlan plan);

    @Override
    public final AttnGradChunk differentiateChunk(BackwardInputs chunk, boolean ofMask) {
        throw new UnsupportedOperationException(
                engine.refusals().peer()
                        + " differentiates all keys at once and gives no sums of some of them");
    }
}
