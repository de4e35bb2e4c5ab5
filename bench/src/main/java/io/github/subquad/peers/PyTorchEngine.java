package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One call of {@code scaled_dot_product_attention}. Rank 4, because the flash kernel takes no
 * other.
 */
final class PyTorchEngine extends TorchEngine {
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
    void check(AttentionInputs in) {
        checkTypes(in);
        if (!in.seesEveryKey() && in.mask() != null) {
            throw refusals().wrong("mask", "none beside causality", in.mask());
        }
    }

    @Override
    org.bytedeco.pytorch.Tensor view(String name, Tensor tensor) {
        return Torch.view(name, tensor);
    }

    @Override
    org.bytedeco.pytorch.Tensor attend(
            AttentionInputs in,
            ChunkPlan plan,
            org.bytedeco.pytorch.Tensor query,
            org.bytedeco.pytorch.Tensor key,
            org.bytedeco.pytorch.Tensor value) {
        @Nullable Tensor mask = in.mask();
        return torch.scaled_dot_product_attention(
                query,
                key,
                value,
                mask == null ? new TensorOptional() : new TensorOptional(view("mask", mask)),
                NO_DROPOUT,
                !in.seesEveryKey(),
                new DoubleOptional(in.scale()),
                plan.shape().groupSize() > 1);
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
