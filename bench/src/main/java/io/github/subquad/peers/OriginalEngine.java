package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.StagedPlanner;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/** The original's chunks, walked by {@link OriginalAlgorithm} over {@code [batch*heads, …]}. */
final class OriginalEngine extends TorchEngine {
    OriginalEngine(Device device, AttentionOptions options) {
        super(device, options, new Refusals("the original algorithm"));
        refusals().check(options, Kernel.STAGED);
        refusals().checkNotCausal(options);
        refusals().checkNoBudget(options);
    }

    @Override
    ChunkPlan planChecked(AttentionShape shape) {
        refusals().checkNotGrouped(shape);
        ChunkPlan sizes =
                StagedPlanner.plan(shape, options(), options().threadCount(), (_, _) -> List.of());
        return new ChunkPlan(
                shape,
                Kernel.STAGED,
                sizes.queryChunkSize(),
                sizes.kvChunkSize(),
                shape.keyTokens(),
                options().threadCount(),
                buffers(shape, sizes));
    }

    /** All partial states at once; and scores, twice where they are kept beside the weights. */
    private static List<ChunkPlan.Buffer> buffers(AttentionShape shape, ChunkPlan sizes) {
        long rows = shape.queryHeads() * sizes.queryChunkSize();
        long state = 4 * rows * (shape.valueChannels() + 2);
        var scores =
                new ChunkPlan.Buffer(
                        "scores and weights of a chunk", 2, 4 * rows * sizes.kvChunkSize());
        return sizes.kvChunks() == 1
                ? List.of(scores)
                : List.of(
                        scores,
                        new ChunkPlan.Buffer("states of the chunks", sizes.kvChunks(), state),
                        new ChunkPlan.Buffer("the same stacked", sizes.kvChunks(), state));
    }

    @Override
    void check(AttentionInputs in) {
        if (in.mask() != null) {
            throw refusals().wrong("mask", "none", in.mask());
        }
    }

    /** {@code [batch*heads, tokens, channels]}, as the original takes it. */
    @Override
    org.bytedeco.pytorch.Tensor view(String name, Tensor tensor) {
        if (tensor.dataType() != DataType.F32) {
            throw refusals().wrong(name, "F32", tensor);
        }
        return Torch.view(name, Heads.asBatch(name, tensor, refusals()));
    }

    @Override
    org.bytedeco.pytorch.Tensor attend(
            AttentionInputs in,
            ChunkPlan plan,
            org.bytedeco.pytorch.Tensor query,
            org.bytedeco.pytorch.Tensor key,
            org.bytedeco.pytorch.Tensor value) {
        return new OriginalAlgorithm(in.scale(), plan.queryChunkSize(), plan.kvChunkSize())
                .attend(query, key, value);
    }

    /** With what autograd keeps: without the original's checkpoints, the weights of all chunks. */
    @Override
    ChunkPlan planGradients(AttentionShape shape) {
        ChunkPlan plan = plan(shape);
        List<ChunkPlan.Buffer> buffers = new ArrayList<>(plan.buffers());
        buffers.add(new ChunkPlan.Buffer("weights kept by autograd", 1, shape.scoreMatrixBytes()));
        return new ChunkPlan(
                shape,
                plan.kernel(),
                plan.queryChunkSize(),
                plan.kvChunkSize(),
                plan.kvSplitSize(),
                plan.threads(),
                buffers);
    }
}
