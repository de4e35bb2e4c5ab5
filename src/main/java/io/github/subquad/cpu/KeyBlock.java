package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;

/** The keys and values of one block of one head, brought to scratch as float32. */
final class KeyBlock {
    private final Kernels kernels;
    private final RowCopy rowCopy;
    final int channels;
    final int valueChannels;
    final float[] keys;
    final float[] values;

    KeyBlock(Kernels kernels, RowCopy rowCopy, int size, int channels, int valueChannels) {
        this.kernels = kernels;
        this.rowCopy = rowCopy;
        this.channels = channels;
        this.valueChannels = valueChannels;
        keys = new float[size * channels];
        values = new float[size * valueChannels];
    }

    static long bytes(int size, int channels, int valueChannels) {
        return Float.BYTES * (long) size * (channels + valueChannels);
    }

    /** Brings in {@code n} keys and values from {@code first}. */
    void stage(AttentionInputs in, long batch, long keyHead, long first, int n) {
        rowCopy.read(in.key(), batch, keyHead, first, n, keys, 0);
        rowCopy.read(in.value(), batch, keyHead, first, n, values, 0);
    }

    /**
     * Whether one of the first n values is NaN or infinite, so that the weight 0 of a hidden key
     * would not hide it.
     */
    boolean hasNonFiniteValue(int n) {
        return !kernels.allFinite(values, 0, n * valueChannels);
    }
}
