package io.github.subquad.cpu;

import io.github.subquad.AttentionShape;

/**
 * Sizes of one thread's scratch in a forward pass.
 *
 * @param byRows a {@link RowAttention}, else a {@link BlockAttention}
 * @param rows query rows
 * @param keyBlock keys staged together
 * @param channels of query and key
 * @param valueChannels of value and output
 * @param rise {@link OnlineSoftmax#LAZY_RISE} or {@link OnlineSoftmax#EXACT_RISE}
 */
record ScratchSize(
        boolean byRows, int rows, int keyBlock, int channels, int valueChannels, float rise)
        implements ScratchKind<OnlineSoftmax> {
    static ScratchSize of(Tiling tiling, AttentionShape shape, float rise) {
        int rows = tiling.stateRows(shape);
        return new ScratchSize(
                tiling.byRows(),
                tiling.byRows() ? rows : (int) Tiling.padded(rows),
                tiling.keyBlock(),
                (int) shape.channels(),
                (int) shape.valueChannels(),
                rise);
    }

    @Override
    public long bytes() {
        return byRows
                ? RowAttention.bytes(rows, keyBlock, channels, valueChannels)
                : BlockAttention.bytes(rows, keyBlock, channels, valueChannels);
    }

    @Override
    public OnlineSoftmax allocate(Kernels kernels) {
        return byRows
                ? new RowAttention(kernels, rise, rows, keyBlock, channels, valueChannels)
                : new BlockAttention(kernels, rise, rows, keyBlock, channels, valueChannels);
    }
}
