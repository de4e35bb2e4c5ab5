package io.github.subquad.cpu;

import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.ChunkPlan.Buffer;
import io.github.subquad.Kernel;
import io.github.subquad.StagedPlanner;

import java.util.ArrayList;
import java.util.List;

/** Plans of the CPU engine: sizes, and an account of every buffer. */
final class CpuPlanner {
    /** Beyond this a single row of scratch would not fit a Java array. */
    private static final long MOST_CHANNELS = 1 << 20;

    /** Tasks a thread should find, so that the last ones end together. */
    private static final int TASKS_PER_THREAD = 4;

    private static final int LEAST_KEY_BLOCK = 8;

    private CpuPlanner() {}

    static ChunkPlan plan(AttentionShape shape, AttentionOptions options) {
        checkChannels(shape);
        return options.kernel() == Kernel.STAGED
                ? staged(shape, options)
                : ChunkPlan.firstWithin(options, fusedCandidates(shape, options));
    }

    static void checkChannels(AttentionShape shape) {
        checkChannels("channels", shape.channels());
        checkChannels("value channels", shape.valueChannels());
    }

    private static void checkChannels(String name, long channels) {
        if (channels > MOST_CHANNELS) {
            throw new IllegalArgumentException(
                    "%s: the cpu backend takes at most %d, got %d"
                            .formatted(name, MOST_CHANNELS, channels));
        }
    }

    private static ChunkPlan staged(AttentionShape shape, AttentionOptions options) {
        int threads = options.threadCount();
        return StagedPlanner.plan(
                shape,
                options,
                threads,
                (queries, keys) -> {
                    Tiling tiling = chunkTiling(shape.withTokens(queries, keys), threads);
                    return List.of(scratch(tiling, shape, threads));
                });
    }

    /** How one chunk is cut when it is summarised: by blocks, keys never split. */
    static Tiling chunkTiling(AttentionShape shape, int threads) {
        int keyBlock = Math.clamp(shape.keyTokens(), 1, Tiling.blockKeys(shape));
        Tiling blocks =
                new Tiling(false, Tiling.mostRows(shape), keyBlock, Math.max(1, shape.keyTokens()));
        return balanced(blocks, shape, threads);
    }

    /**
     * From the best to the smallest: fewer rows, fewer threads, fewer keys, no splits. Rows and
     * threads come first, since no row's bits depend on them.
     */
    private static List<ChunkPlan> fusedCandidates(AttentionShape shape, AttentionOptions options) {
        Tiling best = limited(Tiling.best(shape), shape, options);
        List<ChunkPlan> candidates = new ArrayList<>();
        for (long split : new long[] {best.split(), Math.max(1, shape.keyTokens())}) {
            Tiling tiling = new Tiling(best.byRows(), best.rows(), best.keyBlock(), split);
            for (int threads = options.threadCount(); threads >= 1; threads /= 2) {
                tiling = balanced(tiling.withRows(best.rows()), shape, threads);
                candidates.add(fused(tiling, shape, threads));
                while (tiling.rows() > Kernels.WIDTH) {
                    tiling = tiling.withRows((int) Tiling.padded(tiling.rows() / 2));
                    candidates.add(fused(tiling, shape, threads));
                }
            }
            for (int keys = best.keyBlock() / 2; keys >= LEAST_KEY_BLOCK; keys /= 2) {
                candidates.add(fused(tiling.withKeyBlock(keys), shape, 1));
            }
        }
        return candidates;
    }

    /** Sizes given are upper bounds; blocks are whole, but for a bound that leaves no room. */
    private static Tiling limited(Tiling tiling, AttentionShape shape, AttentionOptions options) {
        Integer queries = options.queryChunkSize();
        Integer keys = options.kvChunkSize();
        int keyBlock = Math.clamp(shape.keyTokens(), 1, tiling.keyBlock());
        int rows = queries == null ? tiling.rows() : Math.min(queries, tiling.rows());
        return tiling.withRows(tiling.byRows() ? rows : GradientSize.wholeBlocks(rows))
                .withKeyBlock(keys == null ? keyBlock : Math.min(keys, keyBlock));
    }

    /** Rows are halved until each thread finds enough tasks; no row's bits depend on that. */
    private static Tiling balanced(Tiling tiling, AttentionShape shape, int threads) {
        Tiling t = tiling;
        while (!t.byRows()
                && t.rows() > Kernels.WIDTH
                && threads > 1
                && t.tasks(shape) < (long) TASKS_PER_THREAD * threads) {
            t = t.withRows((int) Tiling.padded(t.rows() / 2));
        }
        return t;
    }

    private static ChunkPlan fused(Tiling tiling, AttentionShape shape, int threads) {
        int busy = Math.clamp(tiling.tasks(shape), 1, threads);
        List<Buffer> buffers = new ArrayList<>();
        buffers.add(scratch(tiling, shape, busy));
        long rows = tiling.stateRows(shape);
        long dv = shape.valueChannels();
        if (tiling.splits(shape) > 1) {
            buffers.add(new Buffer("partial states", tiling.tasks(shape), 4 * rows * (dv + 2)));
        }
        if (tiling.byRows() || tiling.splits(shape) > 1) {
            buffers.add(new Buffer("merged rows of a thread", busy, 4 * rows * (2 * dv + 3)));
        }
        return new ChunkPlan(
                shape,
                Kernel.FUSED,
                tiling.rows(),
                tiling.keyBlock(),
                tiling.split(),
                busy,
                buffers);
    }

    private static Buffer scratch(Tiling tiling, AttentionShape shape, int threads) {
        return new Buffer(
                "scratch of a thread",
                threads,
                ScratchSize.of(tiling, shape, OnlineSoftmax.LAZY_RISE).bytes());
    }

    /** The tiling that a fused plan stands for. */
    static Tiling tiling(ChunkPlan plan) {
        return new Tiling(
                Tiling.best(plan.shape()).byRows(),
                (int) plan.queryChunkSize(),
                (int) plan.kvChunkSize(),
                plan.kvSplitSize());
    }
}
