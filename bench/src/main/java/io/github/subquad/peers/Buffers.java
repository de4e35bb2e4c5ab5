package io.github.subquad.peers;

import io.github.subquad.tensor.Tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Hands a tensor's memory to libraries that take direct buffers. */
final class Buffers {
    private Buffers() {}

    /**
     * The memory from a tensor's first element on, not a copy. A buffer holds 2 GiB at most: of a
     * larger tensor it has the beginning, which is all that a library needs that takes its address.
     *
     * @param name of the tensor in messages
     * @param tensor outside the Java heap
     * @return a direct buffer in the machine's byte order
     * @throws IllegalArgumentException if the tensor lies in the Java heap
     */
    static ByteBuffer from(String name, Tensor tensor) {
        if (!tensor.segment().isNative()) {
            throw new IllegalArgumentException(
                    "%s: expected memory outside the Java heap, got %s".formatted(name, tensor));
        }
        long bytes = tensor.segment().byteSize() - tensor.byteOffset();
        return tensor.segment()
                .asSlice(tensor.byteOffset(), Math.min(bytes, Integer.MAX_VALUE))
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    /**
     * The memory of a contiguous tensor, not a copy.
     *
     * @param name of the tensor in messages
     * @param tensor contiguous, outside the Java heap, of less than 2 GiB
     * @return a direct buffer of its bytes, in the machine's byte order
     * @throws IllegalArgumentException if the tensor is none of that
     */
    static ByteBuffer of(String name, Tensor tensor) {
        double bytes = (double) tensor.elements() * tensor.dataType().bytes();
        if (!tensor.isContiguous() || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%s: expected a contiguous tensor of less than 2 GiB, got %s"
                            .formatted(name, tensor));
        }
        return from(name, tensor).limit((int) bytes);
    }
}
