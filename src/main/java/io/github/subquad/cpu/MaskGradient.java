package io.github.subquad.cpu;

import io.github.subquad.AttentionShape;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The gradient of a mask. Where heads share a mask, they add their gradients in the order of the
 * heads: pair of blocks by pair of blocks, or, where all queries of a head share a row, block of
 * keys by block of keys.
 */
final class MaskGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final Tensor gradient;
    private final boolean oneRow;
    private final int queryBlocks;
    private final @Nullable Turns turns;

    /** Clears the gradient. */
    MaskGradient(Tensor gradient, GradientSize size, AttentionShape shape) {
        this.gradient = gradient.fill(0);
        oneRow = isRepeated(2);
        queryBlocks = oneRow ? 1 : Math.toIntExact(size.queryBlocks(shape));
        turns =
                isRepeated(0) || isRepeated(1)
                        ? new Turns(Math.toIntExact(size.keyBlocks(shape) * queryBlocks))
                        : null;
    }

    private boolean isRepeated(int dim) {
        return gradient.stride(dim) == 0 && gradient.size(dim) > 1;
    }

    long bytes() {
        return turns == null ? 0 : turns.bytes();
    }

    /** Whether all queries of a head share a row, so that a head's gradients add up to one. */
    boolean isOneRow() {
        return oneRow;
    }

    /**
     * Waits until all heads before this one have added what they add to a pair of blocks; where
     * there is one row, the block of queries is 0.
     *
     * @return false if they never will
     */
    boolean await(long head, long keyBlock, long queryBlock) {
        return turns == null
                || turns.await((int) (keyBlock * queryBlocks + queryBlock), (int) head);
    }

    void pass(long keyBlock, long queryBlock) {
        if (turns != null) {
            turns.pass((int) (keyBlock * queryBlocks + queryBlock));
        }
    }

    void abandon() {
        if (turns != null) {
            turns.abandon();
        }
    }

    /** Adds the scores' gradients of some rows and the keys from {@code key}. */
    void add(Rows rows, long key, BlockGradients.ScoreGradients part) {
        for (int i = 0; i < part.rows(); i++) {
            addRow(rows, part.first() + i, key, part.values(), i * Kernels.WIDTH, part.lanes());
        }
    }

    /** Adds numbers to a row, for the keys from {@code key}. */
    void addRow(Rows rows, int row, long key, float[] from, int first, int n) {
        MemorySegment to = gradient.segment();
        long at = gradient.byteOffset(rows.batch(), rows.head(), rows.first() + row, key);
        for (int j = 0; j < n; j++) {
            long place = at + (long) DataType.F32.bytes() * j;
            to.set(FLOAT, place, to.get(FLOAT, place) + from[first + j]);
        }
    }
}
