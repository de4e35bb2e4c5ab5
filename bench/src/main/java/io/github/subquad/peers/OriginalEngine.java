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

import org.bytedeco.javacpp.PointerScope;

import java.util.List;

/** The original's chunks, walked by {@link OriginalAlgorithm} over {@code [batch*heads, …]}. */
final class OriginalEngine extends PeerEngine {
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
    void compute(AttentionInputs in, Tensor output, ChunkPlan plan) {
        if (in.mask() != null) {
            throw refusals().wrong("mask", "none", in.mask());
        }
        try (var _ = new PointerScope()) {
            Torch.useThreads(plan.threads());
            var query = heads("query", in.query());
            var key = heads("key", in.key());
            var value = heads("value", in.value());
            var target = Torch.view("output", output);
            long start = System.nanoTime();
            var result =
                    new OriginalAlgorithm(in.scale(), plan.queryChunkSize(), plan.kvChunkSize())
                            .attend(query, key, value);
            long computed = System.nanoTime();
            target.copy_(result.view(output.shape()));
            report(computed - start, System.nanoTime() - computed);
        }
    }

    /** {@code [batch*heads, tokens, channels]}, as the original takes it. */
    private org.bytedeco.pytorch.Tensor heads(String name, Tensor tensor) {
        if (tensor.dataType() != DataType.F32) {
            throw refusals().wrong(name, "F32", tensor);
        }
        return Torch.view(name, Heads.asBatch(name, tensor, refusals()));
    }
}
