package io.github.subquad.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.lang.foreign.MemorySegment;

/**
 * Moves rows of tensors to and from {@code float[]} scratch, where the kernels work: honours
 * strides and converts types on the way. Not thread-safe.
 */
final class RowCopy {
    /** Halves converted at a time: they stay in the first-level cache. */
    private static final int PIECE = 4096;

    private final Kernels kernels;
    private final short[] halves = new short[PIECE];

    RowCopy(Kernels kernels) {
        this.kernels = kernels;
    }

    static long bytes() {
        return Short.BYTES * (long) PIECE;
    }

    /** Rows {@code first … first + n} of one head, packed. */
    void read(Tensor tensor, long batch, long head, long first, int n, float[] to, int at) {
        int width = (int) tensor.size(3);
        boolean packed = tensor.stride(2) == width || n == 1;
        int runs = packed ? 1 : n;
        int run = packed ? n * width : width;
        for (int i = 0; i < runs; i++) {
            long from = tensor.byteOffset(batch, head, first + i, 0);
            read(tensor.segment(), tensor.dataType(), from, run, to, at + i * run);
        }
    }

    /** A run of neighbours. */
    void read(MemorySegment from, DataType type, long byteOffset, int n, float[] to, int at) {
        if (type == DataType.F32) {
            MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED, byteOffset, to, at, n);
            return;
        }
        for (int i = 0; i < n; i += PIECE) {
            int m = Math.min(PIECE, n - i);
            MemorySegment.copy(from, JAVA_SHORT_UNALIGNED, byteOffset + 2L * i, halves, 0, m);
            if (type == DataType.F16) {
                kernels.widenHalf(halves, 0, to, at + i, m);
            } else {
                kernels.widenBfloat16(halves, 0, to, at + i, m);
            }
        }
    }

    /** Packed rows become rows {@code first … first + n} of one head. */
    void write(float[] from, Tensor tensor, long batch, long head, long first, int n) {
        int width = (int) tensor.size(3);
        boolean packed = tensor.stride(2) == width || n == 1;
        int runs = packed ? 1 : n;
        int run = packed ? n * width : width;
        for (int i = 0; i < runs; i++) {
            long to = tensor.byteOffset(batch, head, first + i, 0);
            write(from, i * run, run, tensor.segment(), tensor.dataType(), to);
        }
    }

    private void write(
            float[] from, int at, int n, MemorySegment to, DataType type, long byteOffset) {
        if (type == DataType.F32) {
            MemorySegment.copy(from, at, to, JAVA_FLOAT_UNALIGNED, byteOffset, n);
            return;
        }
        for (int i = 0; i < n; i += PIECE) {
            int m = Math.min(PIECE, n - i);
            if (type == DataType.F16) {
                kernels.narrowHalf(from, at + i, halves, 0, m);
            } else {
                kernels.narrowBfloat16(from, at + i, halves, 0, m);
            }
            MemorySegment.copy(halves, 0, to, JAVA_SHORT_UNALIGNED, byteOffset + 2L * i, m);
        }
    }
}
