package io.github.subquad.cpu;

import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;

/**
 * How a backward pass is cut, and so the sizes of one thread's scratch. What decides a gradient's
 * bits comes from the sizes of one head and the options alone, and only under a budget from what
 * else must be held.
 *
 * @param queryBlock query rows handled together; a multiple of {@link Kernels#WIDTH}, or fewer
 * @param keyBlock keys of a task; a multiple of {@link Kernels#WIDTH}, or fewer
 * @param channels of query and key
 * @param valueChannels of value and output
 */
record GradientSize(int queryBlock, int keyBlock, int channels, int valueChannels)
        implements ScratchKind<BlockGradients> {
    private static final int WIDTH = Kernels.WIDTH;

    /** Rows taken at a time: each sum over them is made in registers and added once. */
    private static final int MOST_QUERIES = 2 * WIDTH;

    /** Keys of a task: each costs a pass over all queries and their gradients. */
    private static final int MOST_KEYS = 4 * WIDTH;

    /** Floats of keys, values and their gradients that share the second-level cache. */
    private static final long KEY_FLOATS = 100_000;

    static GradientSize best(AttentionShape shape, AttentionOptions options) {
        Integer queries = options.queryChunkSize();
        Integer keys = options.kvChunkSize();
        long cached = KEY_FLOATS / (3 * shape.channels() + 2 * shape.valueChannels());
        long own = Math.clamp(cached / WIDTH * WIDTH, WIDTH, MOST_KEYS);
        return new GradientSize(
                atMost(shape.queryTokens(), queries == null ? MOST_QUERIES : queries, MOST_QUERIES),
                atMost(shape.keyTokens(), keys == null ? own : keys, own),
                (int) shape.channels(),
                (int) shape.valueChannels());
    }

    /** No more than needed, given or good; whole blocks of lanes where it is at least one. */
    private static int atMost(long tokens, long given, long own) {
        long needed = tokens < WIDTH ? Math.max(1, tokens) : Tiling.padded(tokens);
        return wholeBlocks((int) Math.min(needed, Math.min(given, own)));
    }

    /** A size that is an upper bound, cut to whole blocks of lanes if it has room for one. */
    static int wholeBlocks(int size) {
        return size < WIDTH ? size : size / WIDTH * WIDTH;
    }

    GradientSize withKeyBlock(int newKeyBlock) {
        return new GradientSize(queryBlock, newKeyBlock, channels, valueChannels);
    }

    GradientSize withQueryBlock(int newQueryBlock) {
        return new GradientSize(newQueryBlock, keyBlock, channels, valueChannels);
    }

    long queryBlocks(AttentionShape shape) {
        return Math.ceilDiv(shape.queryTokens(), queryBlock);
    }

    long keyBlocks(AttentionShape shape) {
        return Math.ceilDiv(shape.keyTokens(), keyBlock);
    }

    long tasks(AttentionShape shape) {
        return shape.keyHeads() * keyBlocks(shape);
    }

    @Override
    public long bytes() {
        return BlockGradients.bytes(this);
    }

    @Override
    public BlockGradients allocate(Kernels kernels) {
        return new BlockGradients(kernels, this);
    }
}
