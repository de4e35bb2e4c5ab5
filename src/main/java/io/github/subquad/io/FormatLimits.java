package io.github.subquad.io;

import io.github.subquad.tensor.Tensor;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/** What both file formats ask of a machine and of shapes. */
final class FormatLimits {
    /** NumPy's own bound. */
    static final int MAX_RANK = 64;

    private FormatLimits() {}

    /** Both formats are little-endian, and a tensor has the machine's byte order. */
    static void requireLittleEndian(Path path) throws TensorFileException {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new TensorFileException(
                    path, -1, "tensor files are little-endian and this machine is not");
        }
    }

    static void requireWritable(Path path, Tensor tensor) throws TensorFileException {
        requireLittleEndian(path);
        if (tensor.rank() > MAX_RANK) {
            throw new TensorFileException(
                    path,
                    -1,
                    "expected at most %d dimensions, got %d".formatted(MAX_RANK, tensor.rank()));
        }
    }

    /**
     * The bits that the elements of a tensor take.
     *
     * @throws ArithmeticException if their number exceeds 63 bits
     */
    static long bits(List<Long> shape, int elementBits) {
        long bits = elementBits;
        for (long size : shape) {
            // A 0 excuses no overflow beside it: strides are products of sizes as well.
            bits = Math.multiplyExact(bits, Math.max(1, size));
        }
        return shape.contains(0L) ? 0 : bits;
    }
}
