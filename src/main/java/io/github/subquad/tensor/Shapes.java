package io.github.subquad.tensor;

import java.util.Arrays;
import java.util.Objects;

/** The arithmetic of shapes and strides, checked for overflow. */
final class Shapes {
    private Shapes() {}

    static long elements(long[] shape) {
        long n = 1;
        for (long size : shape) {
            n *= size;
        }
        return n;
    }

    /** Bytes of a contiguous tensor; the place where sizes are checked. */
    static long bytes(long[] shape, DataType type) {
        if (Arrays.stream(shape).anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException(
                    "shape: expected sizes ≥ 0, got " + Arrays.toString(shape));
        }
        try {
            // Strides are products of sizes too, so that a 0 excuses no overflow beside it.
            long bytes = type.bytes();
            for (long size : shape) {
                bytes = Math.multiplyExact(bytes, Math.max(1, size));
            }
            Math.addExact(bytes, Tensor.HEADROOM);
            return elements(shape) == 0 ? 0 : bytes;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "shape: %s of %s exceeds 63 bits of bytes"
                            .formatted(Arrays.toString(shape), type),
                    e);
        }
    }

    static long[] contiguous(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            strides[d] = stride;
            stride *= Math.max(1, shape[d]);
        }
        return strides;
    }

    /** Strides of dimensions with fewer than two elements do not matter. */
    static boolean isContiguous(long[] shape, long[] strides) {
        if (elements(shape) == 0) {
            return true;
        }
        long[] expected = contiguous(shape);
        for (int d = 0; d < shape.length; d++) {
            if (shape[d] > 1 && strides[d] != expected[d]) {
                return false;
            }
        }
        return true;
    }

    static void checkInside(
            long segmentBytes, long byteOffset, DataType type, long[] shape, long[] strides) {
        bytes(shape, type);
        if (strides.length != shape.length || Arrays.stream(strides).anyMatch(s -> s < 0)) {
            throw new IllegalArgumentException(
                    "strides: expected %d numbers ≥ 0, got %s"
                            .formatted(shape.length, Arrays.toString(strides)));
        }
        if (byteOffset < 0 || byteOffset > segmentBytes) {
            throw new IllegalArgumentException(
                    "byteOffset: expected 0 to %d, got %d".formatted(segmentBytes, byteOffset));
        }
        if (Arrays.stream(shape).anyMatch(size -> size == 0)) {
            return;
        }
        try {
            long last = 0;
            for (int d = 0; d < shape.length; d++) {
                last = Math.addExact(last, Math.multiplyExact(shape[d] - 1, strides[d]));
            }
            long end = Math.multiplyExact(Math.addExact(last, 1), (long) type.bytes());
            if (Math.addExact(byteOffset, end) > segmentBytes) {
                throw new IllegalArgumentException(
                        "shape %s with strides %s ends at byte %d, but the segment has %d"
                                .formatted(
                                        Arrays.toString(shape),
                                        Arrays.toString(strides),
                                        byteOffset + end,
                                        segmentBytes));
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "strides: %s of shape %s exceed 63 bits"
                            .formatted(Arrays.toString(strides), Arrays.toString(shape)),
                    e);
        }
    }

    static int dim(int dim, int rank) {
        if (dim < -rank || dim >= rank) {
            throw new IllegalArgumentException(
                    "dim: expected %d to %d, got %d".formatted(-rank, rank - 1, dim));
        }
        return dim < 0 ? dim + rank : dim;
    }

    static long[] checkIndex(long[] index, long[] shape) {
        if (index.length != shape.length) {
            throw new IndexOutOfBoundsException(
                    "expected an index of %d numbers, got %d"
                            .formatted(shape.length, index.length));
        }
        for (int d = 0; d < shape.length; d++) {
            Objects.checkIndex(index[d], shape[d]);
        }
        return index;
    }

    /** The array with the entry at {@code dim} replaced by two. */
    static long[] replace(long[] values, int dim, long first, long second) {
        long[] longer = new long[values.length + 1];
        System.arraycopy(values, 0, longer, 0, dim);
        longer[dim] = first;
        longer[dim + 1] = second;
        System.arraycopy(values, dim + 1, longer, dim + 2, values.length - dim - 1);
        return longer;
    }
}
