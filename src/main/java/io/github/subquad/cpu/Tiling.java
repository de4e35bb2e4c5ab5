package io.github.subquad.cpu;

import io.github.subquad.AttentionShape;

/**
 * How the fused engine cuts a call into tasks. What decides a row's bits (block of keys, split of
 * keys, kind of kernel) comes from the sizes of one key head with its group of query heads, and the
 * options alone, never from the number of heads or threads.
 *
 * @param byRows few queries: tasks are groups of heads that share keys, handled row by row
 * @param rows query tokens of a task
 * @param keyBlock keys staged together
 * @param split keys of a task
 */
record Tiling(boolean byRows, int rows, int keyBlock, long split) {
    /** Rows that share keys up to which the row kernels beat mostly idle lanes. */
    private static final int FEW_ROWS = 16;

    /** Queries up to which keys are split, so that one head can use all threads. */
    private static final int FEW_QUERIES = 256;

    /** Keys of a split: large enough that its merge costs nothing. */
    private static final long SPLIT = 4096;

    /** Most queries of a task: each block of keys is staged once for all of them. */
    private static final int MOST_ROWS = 1024;

    /** Floats of queries and sums that a task may keep: they share the second-level cache. */
    private static final int ROW_FLOATS = 300_000;

    private static final int MOST_KEYS = 128;
    private static final int MOST_ROW_KEYS = 1024;
    private static final int LEAST_KEYS = 32;

    /** Floats of keys, or of values, that a block may take. */
    private static final long KEY_FLOATS = 64 * 1024;

    /** The tiling that suits the shape best, before options limit it. */
    static Tiling best(AttentionShape shape) {
        long rows = shape.queryTokens() * shape.groupSize();
        boolean byRows = rows <= FEW_ROWS;
        boolean splits = shape.queryTokens() <= FEW_QUERIES && shape.keyTokens() >= 2 * SPLIT;
        return new Tiling(
                byRows,
                byRows ? (int) Math.max(1, shape.queryTokens()) : mostRows(shape),
                byRows ? rowKeys(shape, rows) : blockKeys(shape),
                splits ? SPLIT : Math.max(1, shape.keyTokens()));
    }

    /** Keys of a block that stays in the second-level cache. */
    static int blockKeys(AttentionShape shape) {
        return Math.clamp(cachedKeys(shape), LEAST_KEYS, MOST_KEYS);
    }

    /**
     * Keys taken row by row: they stream through, so that only their scores must stay; but where
     * there are several groups of rows, the second finds them in the second-level cache.
     */
    private static int rowKeys(AttentionShape shape, long rows) {
        int least = rows <= Kernels.ROWS ? MOST_ROW_KEYS : LEAST_KEYS;
        return Math.clamp(cachedKeys(shape), least, MOST_ROW_KEYS);
    }

    private static long cachedKeys(AttentionShape shape) {
        return KEY_FLOATS / Math.max(shape.channels(), shape.valueChannels()) / 8 * 8;
    }

    static int mostRows(AttentionShape shape) {
        long floats = ROW_FLOATS / (shape.channels() + shape.valueChannels());
        int rows = Math.clamp(floats / Kernels.WIDTH * Kernels.WIDTH, Kernels.WIDTH, MOST_ROWS);
        return (int) Math.min(rows, padded(shape.queryTokens()));
    }

    static long padded(long rows) {
        return Math.max(1, Math.ceilDiv(rows, Kernels.WIDTH)) * Kernels.WIDTH;
    }

    Tiling withRows(int newRows) {
        return new Tiling(byRows, newRows, keyBlock, split);
    }

    Tiling withKeyBlock(int newKeyBlock) {
        return new Tiling(byRows, rows, newKeyBlock, split);
    }

    /** Query heads, or groups of them that share a key head. */
    long heads(AttentionShape shape) {
        return byRows ? shape.keyHeads() : shape.queryHeads();
    }

    long chunks(AttentionShape shape) {
        return Math.ceilDiv(shape.queryTokens(), rows);
    }

    long splits(AttentionShape shape) {
        return Math.max(1, Math.ceilDiv(shape.keyTokens(), split));
    }

    long tasks(AttentionShape shape) {
        return heads(shape) * chunks(shape) * splits(shape);
    }

    /** Rows of a task's state. */
    int stateRows(AttentionShape shape) {
        return byRows ? (int) (rows * shape.groupSize()) : rows;
    }
}
