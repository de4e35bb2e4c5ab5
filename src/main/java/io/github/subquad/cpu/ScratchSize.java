package io.github.subquad.cpu;

import io.github.subquad.AttentionShape;

/**
 * Sizes of one thread's scratch.
 *
 * @param byRows a {@link RowAttention}, else a {@link BlockAttention}
 * @param rows query rows
 * @param keyBlock keys staged together
 * @param channels of query and key
 * @param valueChannels of value and output
 */
record ScratchSize(boolean byRows, int rows, int keyBlock, int channels, int valueChannels) {
    static ScratchSize of(Tiling tiling, AttentionShape shape) {
        int rows = tiling.stateRows(shape);
        return new ScratchSize(
                tiling.byRows(),
                tiling.byRows() ? rows : (int) Tiling.padded(rows),
                tiling.keyBlock(),
                (int) shape.channels(),
                (int) shape.valueChannels());
    }

    long bytes() {
        return byRows
                ? RowAttention.bytes(rows, keyBlock, channels, valueChannels)
                : BlockAttention.bytes(rows, keyBlock, channels, valueChannels);
    }

    OnlineSoftmax allocate(Kernels kernels, float rise) {
        return byRows
                ? new RowAttention(kernels, rise, rows, keyBlock, channels, valueChannels)
                : new BlockAttention(kernels, rise, rows, keyBlock, channels, valueChannels);
    }
}
