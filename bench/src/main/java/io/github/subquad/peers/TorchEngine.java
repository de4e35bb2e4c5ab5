package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.GradientEngine;
import io.github.subquad.tensor.Tensor;

import org.bytedeco.javacpp.PointerScope;

/**
 * What the engines over PyTorch share. PyTorch allocates its result itself, which is then copied.
 */
abstract class TorchEngine extends PeerEngine {
    TorchEngine(Device device, AttentionOptions options, Refusals refusals) {
        super(device, options, refusals);
    }

    /**
     * Refuses tensors that the peer cannot take.
     *
     * @param in of a call
     * @throws IllegalArgumentException naming the tensor
     */
    abstract void check(AttentionInputs in);

    /**
     * A tensor of ours in the rank that the peer takes, not a copy.
     *
     * @param name of the tensor in messages
     * @param tensor {@code [batch, heads, tokens, channels]}; must outlive the result
     * @return in the scope of the caller
     */
    abstract org.bytedeco.pytorch.Tensor view(String name, Tensor tensor);

    /**
     * Attends all queries to all keys.
     *
     * @param in for scale, causality and mask
     * @param plan of the call
     * @param query a view
     * @param key a view
     * @param value a view
     * @return the output in the rank of the views, in the scope of the caller
     */
    abstract org.bytedeco.pytorch.Tensor attend(
            AttentionInputs in,
            ChunkPlan plan,
            org.bytedeco.pytorch.Tensor query,
            org.bytedeco.pytorch.Tensor key,
            org.bytedeco.pytorch.Tensor value);

    /**
     * Plans both passes of a call that is to be differentiated.
     *
     * @param shape of the call
     * @return the plan, with what is known of the memory that autograd takes
     * @throws IllegalArgumentException if the peer cannot take this shape
     */
    ChunkPlan planGradients(AttentionShape shape) {
        return plan(shape);
    }

    @Override
    final void compute(AttentionInputs in, Tensor output, ChunkPlan plan) {
        check(in);
        try (var _ = new PointerScope()) {
            Torch.useThreads(plan.threads());
            var query = view("query", in.query());
            var key = view("key", in.key());
            var value = view("value", in.value());
            var target = Torch.view("output", output);
            long start = System.nanoTime();
            var result = attend(in, plan, query, key, value);
            long computed = System.nanoTime();
            target.copy_(result.view(output.shape()));
            report(computed - start, System.nanoTime() - computed);
        }
    }

    @Override
    public GradientEngine gradients() {
        return new TorchGradients(this);
    }
}
