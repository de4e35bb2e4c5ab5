package io.github.subquad.cpu;

import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.ChunkPlan.Buffer;
import io.github.subquad.Kernel;
import io.github.subquad.WeightBudget;

import java.util.ArrayList;
import java.util.List;

/** Plans of forward passes that keep scores, and of backward passes. */
final class GradientPlanner {
    private final AttentionOptions options;

    GradientPlanner(AttentionOptions options) {
        this.options = options;
    }

    ChunkPlan forward(AttentionShape shape) {
        return keeping(shape, CpuPlanner.plan(shape, options));
    }

    ChunkPlan backward(AttentionShape shape) {
        return keeping(shape, recomputing(shape));
    }

    private ChunkPlan keeping(AttentionShape shape, ChunkPlan plan) {
        long stripes = keptStripes(shape);
        return stripes == 0
                ? plan
                : plan.with(
                        List.of(
                                new Buffer(
                                        "kept scores of a stripe of queries",
                                        stripes,
                                        KeptScores.stripeBytes(shape))));
    }

    /**
     * Stripes of queries whose scores a forward pass keeps. None where it does without whole blocks
     * of queries: few are soon recomputed, and staged chunks come and go.
     */
    long keptStripes(AttentionShape shape) {
        if (options.useCheckpoint()
                || options.kernel() == Kernel.STAGED
                || Tiling.best(shape).byRows()) {
            return 0;
        }
        ChunkPlan forward = CpuPlanner.plan(shape, options);
        if (forward.queryChunkSize() % Kernels.WIDTH != 0) {
            return 0;
        }
        long bytes = WeightBudget.bytes(options, forward, recomputing(shape));
        long all = shape.queryHeads() * KeptScores.stripesOfHead(shape);
        return Math.min(all, bytes / Math.max(1, KeptScores.stripeBytes(shape)));
    }

    /** From the best to the smallest: fewer threads, then fewer keys, then fewer queries. */
    private ChunkPlan recomputing(AttentionShape shape) {
        CpuPlanner.checkChannels(shape);
        List<ChunkPlan> candidates = new ArrayList<>();
        GradientSize size = GradientSize.best(shape, options);
        for (int threads = options.threadCount(); threads >= 1; threads /= 2) {
            candidates.add(plan(shape, size, threads));
        }
        while (size.keyBlock() > Kernels.WIDTH) {
            size = size.withKeyBlock(GradientSize.wholeBlocks(size.keyBlock() / 2));
            candidates.add(plan(shape, size, 1));
        }
        while (size.queryBlock() > Kernels.WIDTH) {
            size = size.withQueryBlock(GradientSize.wholeBlocks(size.queryBlock() / 2));
            candidates.add(plan(shape, size, 1));
        }
        return ChunkPlan.firstWithin(options, candidates);
    }

    private ChunkPlan plan(AttentionShape shape, GradientSize size, int threads) {
        int busy = Math.clamp(size.tasks(shape), 1, threads);
        List<Buffer> buffers = new ArrayList<>();
        buffers.add(new Buffer("scratch of a thread", busy, size.bytes()));
        buffers.add(new Buffer("terms of all query rows", 1, TermStore.bytes(shape)));
        buffers.add(new Buffer("turns", 1, turnBytes(shape, size, options.maskGradient())));
        return new ChunkPlan(
                shape,
                Kernel.FUSED,
                size.queryBlock(),
                size.keyBlock(),
                Math.max(1, shape.keyTokens()),
                busy,
                buffers);
    }

    private static long turnBytes(AttentionShape shape, GradientSize size, boolean ofMask) {
        long sums = shape.queryHeads() * size.queryBlocks(shape);
        long ofTheMask = ofMask ? size.queryBlocks(shape) * size.keyBlocks(shape) : 0;
        if (Math.max(sums, ofTheMask) > Turns.MOST) {
            throw new IllegalArgumentException(
                    "queryChunkSize: %d cuts this shape into more than 2^31 chunks; give more"
                            .formatted(size.queryBlock()));
        }
        return Turns.bytes(sums + ofTheMask);
    }

    /** The sizes that a backward plan stands for. */
    static GradientSize size(ChunkPlan plan) {
        return new GradientSize(
                (int) plan.queryChunkSize(),
                (int) plan.kvChunkSize(),
                (int) plan.shape().channels(),
                (int) plan.shape().valueChannels());
    }
}
