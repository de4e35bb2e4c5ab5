package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The keys and values of one block of one head, brought to scratch as float32 a piece at a time,
 * always to the same place: what the kernels read next is in the first-level cache, and memory is
 * read in one direction. With few rows, memory is what takes the time.
 */
final class KeyStream {
    /** Floats of keys in a piece: 2 KB, so that copying and computing overlap often. */
    private static final int KEY_FLOATS = 512;

    /** Of values: each piece costs a pass over the sums, so that these are larger. */
    private static final int VALUE_FLOATS = 1024;

    /** Keys that the widest kernels take at a time. */
    private static final int TILE = 4;

    private final Kernels kernels;
    private final RowCopy rowCopy;
    final int channels;
    final int valueChannels;
    private final float[] piece;

    private @Nullable Source key;
    private @Nullable Source value;

    /** Rows of one head from the first of the block: looked up once, read in many pieces. */
    private record Source(MemorySegment segment, DataType type, long at, long rowBytes, int width) {
        static Source of(Tensor tensor, long batch, long head, long first) {
            return new Source(
                    tensor.segment(),
                    tensor.dataType(),
                    tensor.byteOffset(batch, head, first, 0),
                    tensor.stride(2) * tensor.dataType().bytes(),
                    (int) tensor.size(3));
        }

        boolean isPacked() {
            return rowBytes == (long) width * type.bytes();
        }
    }

    KeyStream(Kernels kernels, RowCopy rowCopy, int channels, int valueChannels) {
        this.kernels = kernels;
        this.rowCopy = rowCopy;
        this.channels = channels;
        this.valueChannels = valueChannels;
        piece = new float[floats(channels, valueChannels)];
    }

    static long bytes(int channels, int valueChannels) {
        return Float.BYTES * (long) floats(channels, valueChannels);
    }

    private static int floats(int channels, int valueChannels) {
        return Math.max(
                keysOfPiece(channels) * channels, valuesOfPiece(valueChannels) * valueChannels);
    }

    /** Keys of so many channels to take at a time. */
    static int keysOfPiece(int channels) {
        return pieceOf(KEY_FLOATS, channels);
    }

    /** Values of so many channels to take at a time. */
    static int valuesOfPiece(int valueChannels) {
        return pieceOf(VALUE_FLOATS, valueChannels);
    }

    private static int pieceOf(int floats, int channels) {
        return Math.max(TILE, floats / channels / TILE * TILE);
    }

    /** Names the block; nothing is read yet. */
    void begin(AttentionInputs in, long batch, long keyHead, long first) {
        key = Source.of(in.key(), batch, keyHead, first);
        value = Source.of(in.value(), batch, keyHead, first);
    }

    /** Keys {@code from … from + n} of the block, packed from 0; n at most {@link #keysOfPiece}. */
    float[] keys(int from, int n) {
        return read(Objects.requireNonNull(key), from, n);
    }

    /** Values {@code from … from + n} of the block, in the place of what was read before. */
    float[] values(int from, int n) {
        return read(Objects.requireNonNull(value), from, n);
    }

    private float[] read(Source rows, int from, int n) {
        int runs = rows.isPacked() ? 1 : n;
        int run = n / runs * rows.width;
        for (int i = 0; i < runs; i++) {
            long at = rows.at + (from + i) * rows.rowBytes;
            rowCopy.read(rows.segment, rows.type, at, run, piece, i * run);
        }
        return piece;
    }

    /**
     * Whether one of the first n values is NaN or infinite, so that the weight 0 of a hidden key
     * would not hide it.
     */
    boolean hasNonFiniteValue(int n) {
        int step = valuesOfPiece(valueChannels);
        for (int j = 0; j < n; j += step) {
            int m = Math.min(step, n - j);
            if (!kernels.allFinite(values(j, m), 0, m * valueChannels)) {
                return true;
            }
        }
        return false;
    }
}
