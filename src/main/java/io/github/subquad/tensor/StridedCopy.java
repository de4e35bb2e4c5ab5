package io.github.subquad.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Copies or adds elements of one tensor to another of the same shape, row by row, or at once where
 * both allow.
 */
final class StridedCopy {
    private StridedCopy() {}

    static void copy(Tensor from, Tensor to, long[] shape) {
        if (from.elements() == 0) {
            return;
        }
        boolean sameType = from.dataType() == to.dataType();
        if (sameType && from.isContiguous() && to.isContiguous()) {
            move(from, from.byteOffset(), to, to.byteOffset(), from.elements());
            return;
        }
        int last = shape.length - 1;
        boolean sameRows = last >= 0 && sameType && from.stride(last) == 1 && to.stride(last) == 1;
        long[] index = new long[shape.length];
        do {
            if (sameRows) {
                move(from, from.byteOffset(index), to, to.byteOffset(index), shape[last]);
            } else {
                convertRow(from, from.byteOffset(index), to, to.byteOffset(index), shape);
            }
        } while (nextRow(index, shape));
    }

    /** Adds row by row, element after element. */
    static void add(Tensor from, Tensor to, long[] shape) {
        if (from.elements() == 0) {
            return;
        }
        long[] index = new long[shape.length];
        do {
            addRow(from, from.byteOffset(index), to, to.byteOffset(index), shape);
        } while (nextRow(index, shape));
    }

    private static void addRow(Tensor from, long fromByte, Tensor to, long toByte, long[] shape) {
        int last = shape.length - 1;
        long n = last < 0 ? 1 : shape[last];
        long fromStep = last < 0 ? 0 : from.stride(last) * from.dataType().bytes();
        long toStep = last < 0 ? 0 : to.stride(last) * to.dataType().bytes();
        for (long i = 0; i < n; i++) {
            long at = toByte + i * toStep;
            float sum =
                    to.dataType().read(to.segment(), at)
                            + from.dataType().read(from.segment(), fromByte + i * fromStep);
            to.dataType().write(to.segment(), at, sum);
        }
    }

    /** One value everywhere. */
    static void fill(float value, Tensor to, long[] shape) {
        if (to.elements() == 0) {
            return;
        }
        long[] places = shape.clone(); // where a dimension is repeated there is one
        for (int d = 0; d < places.length; d++) {
            places[d] = to.stride(d) == 0 ? 1 : places[d];
        }
        int last = shape.length - 1;
        long n = last < 0 ? 1 : places[last];
        long step = last < 0 ? 0 : to.stride(last) * to.dataType().bytes();
        long[] index = new long[shape.length];
        do {
            long at = to.byteOffset(index);
            for (long i = 0; i < n; i++) {
                to.dataType().write(to.segment(), at + i * step, value);
            }
        } while (nextRow(index, places));
    }

    private static void move(Tensor from, long fromByte, Tensor to, long toByte, long elements) {
        MemorySegment.copy(
                from.segment(), fromByte, to.segment(), toByte, elements * from.dataType().bytes());
    }

    private static void convertRow(
            Tensor from, long fromByte, Tensor to, long toByte, long[] shape) {
        int last = shape.length - 1;
        long n = last < 0 ? 1 : shape[last];
        long fromStep = last < 0 ? 0 : from.stride(last) * from.dataType().bytes();
        long toStep = last < 0 ? 0 : to.stride(last) * to.dataType().bytes();
        for (long i = 0; i < n; i++) {
            float value = from.dataType().read(from.segment(), fromByte + i * fromStep);
            to.dataType().write(to.segment(), toByte + i * toStep, value);
        }
    }

    /** Steps to the next row in row-major order; false after the last. */
    private static boolean nextRow(long[] index, long[] shape) {
        for (int d = shape.length - 2; d >= 0; d--) {
            if (++index[d] < shape[d]) {
                return true;
            }
            index[d] = 0;
        }
        return false;
    }
}
