package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One call of {@code scaled_dot_product_attention}. Rank 4, because the flash kernel takes no
 * other. PyTorch allocates its result itself, which is then copied.
 */
final class PyTorchEngine extends PeerEngine {
    private static final double NO_DROPOUT = 0;

    PyTorchEngine(Device device, AttentionOptions options) {
        super(device, options, new Refusals("PyTorch's scaled_dot_product_attention"));
        refusals().check(options, Kernel.FUSED);
        refusals().checkNoChunks(options);
        refusals().checkNoBudget(options);
    }

    @Override
    ChunkPlan planChecked(AttentionShape shape) {
        refusals().checkTopLeft(options(), shape);
        return whole(shape, Kernel.FUSED, List.of());
    }

    @Override
    void compute(AttentionInputs in, Tensor output, ChunkPlan plan) {
        checkTypes(in);
        boolean causal = !in.seesEveryKey();
        Tensor mask = in.mask();
        if (causal && mask != null) {
            throw refusals().wrong("mask", "none beside causality", mask);
        }
        try (var _ = new PointerScope()) {
            Torch.useThreads(plan.threads());
            var query = Torch.view("query", in.query());
            var key = Torch.view("key", in.key());
            var value = Torch.view("value", in.value());
            var bias =
                    mask == null
                            ? new TensorOptional()
                            : new TensorOptional(Torch.view("mask", mask));
            var scale = new DoubleOptional(in.scale());
            boolean grouped = plan.shape().groupSize() > 1;
            var target = Torch.view("output", output);
            long start = System.nanoTime();
            var result =
                    torch.scaled_dot_product_attention(
                            query, key, value, bias, NO_DROPOUT, causal, scale, grouped);
            long computed = System.nanoTime();
            target.copy_(result);
            report(computed - start, System.nanoTime() - computed);
        }
    }

    private void checkTypes(AttentionInputs in) {
        DataType type = in.query().dataType();
        requireType("key", in.key(), type);
        requireType("value", in.value(), type);
        @Nullable Tensor mask = in.mask();
        if (mask != null && mask.dataType() != DataType.BOOL) {
            requireType("mask", mask, type);
        }
    }

    private void requireType(String name, Tensor tensor, DataType type) {
        if (tensor.dataType() != type) {
            throw refusals().wrong(name, "the query's " + type, tensor);
        }
    }
}
