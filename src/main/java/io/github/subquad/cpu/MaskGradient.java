package io.github.subquad.cpu;

import io.github.subquad.AttentionShape;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The gradient of a mask. Where heads share a mask, they add their gradients in the order of the
 * heads, block by block.
 */
final class MaskGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final Tensor gradient;
    private final boolean shared;
    private final boolean oneRow;
    private final Turns turns;
    private final int queryBlocks;

    /** Clears the gradient; sums are numbered by key block and query block. */
    MaskGradient(Tensor gradient, GradientSize size, AttentionShape shape) {
        this.gradient = gradient.fill(0);
        shared = isRepeated(0) || isRepeated(1);
        oneRow = isRepeated(2);
        queryBlocks = Math.toIntExact(size.queryBlocks(shape));
        turns = new Turns(Math.toIntExact(sums(size, shape)));
    }

    static long sums(GradientSize size, AttentionShape shape) {
        return size.queryBlocks(shape) * size.keyBlocks(shape);
    }

    private boolean isRepeated(int dim) {
        return gradient.stride(dim) == 0 && gradient.size(dim) > 1;
    }

    /**
     * Waits until all heads before this one have added to a pair of blocks.
     *
     * @return false if they never will
     */
    boolean await(long head, long keyBlock, long queryBlock) {
        return !shared || turns.await(sum(keyBlock, queryBlock), Math.toIntExact(head));
    }

    /** Where all queries share a row, a head keeps its turn to its last block of queries. */
    void pass(long keyBlock, long queryBlock) {
        if (!oneRow || queryBlock == queryBlocks - 1) {
            turns.pass(sum(keyBlock, queryBlock));
        }
    }

    private int sum(long keyBlock, long queryBlock) {
        return (int) (keyBlock * queryBlocks + (oneRow ? 0 : queryBlock));
    }

    void abandon() {
        turns.abandon();
    }

    /** Adds the scores' gradients of some rows and the keys from {@code key}. */
    void add(Rows rows, long key, BlockGradients.ScoreGradients part) {
        for (int i = 0; i < part.rows(); i++) {
            long row = rows.first() + part.first() + i;
            long at = gradient.byteOffset(rows.batch(), rows.head(), row, key);
            addRow(part.values(), i * Kernels.WIDTH, at, part.lanes());
        }
    }

    private void addRow(float[] from, int first, long at, int n) {
        MemorySegment to = gradient.segment();
        for (int j = 0; j < n; j++) {
            long place = at + (long) DataType.F32.bytes() * j;
            to.set(FLOAT, place, to.get(FLOAT, place) + from[first + j]);
        }
    }
}
