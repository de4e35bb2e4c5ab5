package io.github.subquad.peers;

import io.github.subquad.tensor.Tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Hands a tensor's memory to libraries that take direct buffers. */
final class Buffers {
    private Buffers() {}

    /**
     * The memory of a contiguous tensor, not a copy.
     *
     * @param tensor of at most 2 GiB
     * @return a direct buffer in the machine's byte order
     */
    static ByteBuffer of(Tensor tensor) {
        long bytes = tensor.elements() * tensor.dataType().bytes();
        return tensor.segment()
                .asSlice(tensor.byteOffset(), bytes)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }
}
