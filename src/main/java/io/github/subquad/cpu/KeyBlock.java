package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * The keys and values of one block of one head, brought to scratch as float32: all at once, or bit
 * by bit as they are needed, so that what is computed next is still in the first-level cache.
 */
final class KeyBlock {
    private final Kernels kernels;
    private final RowCopy rowCopy;
    final int channels;
    final int valueChannels;
    final float[] keys;
    final float[] values;

    private @Nullable AttentionInputs in;
    private long batch;
    private long head;
    private long first;
    private int keysStaged;
    private int valuesStaged;

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

    /** Names the block; nothing is read yet. */
    void begin(AttentionInputs inputs, long batchIndex, long keyHead, long firstKey) {
        in = inputs;
        batch = batchIndex;
        head = keyHead;
        first = firstKey;
        keysStaged = 0;
        valuesStaged = 0;
    }

    /** Brings in the keys before {@code end}, if they are not there. */
    void needKeys(int end) {
        int n = end - keysStaged;
        if (n > 0) {
            long from = first + keysStaged;
            rowCopy.read(inputs().key(), batch, head, from, n, keys, keysStaged * channels);
            keysStaged = end;
        }
    }

    /** Brings in the values before {@code end}, if they are not there. */
    void needValues(int end) {
        int n = end - valuesStaged;
        if (n > 0) {
            long from = first + valuesStaged;
            rowCopy.read(
                    inputs().value(), batch, head, from, n, values, valuesStaged * valueChannels);
            valuesStaged = end;
        }
    }

    private AttentionInputs inputs() {
        return Objects.requireNonNull(in);
    }

    /**
     * Whether one of the first n values is NaN or infinite, so that the weight 0 of a hidden key
     * would not hide it.
     */
    boolean hasNonFiniteValue(int n) {
        needValues(n);
        return !kernels.allFinite(values, 0, n * valueChannels);
    }
}
