package io.github.subquad.io;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes the elements of tensors, of any strides and anywhere in memory, in row-major order. They
 * pass through one small buffer, however large the tensor is.
 */
final class RowMajorWriter implements AutoCloseable {
    private static final long BUFFER_BYTES = 1 << 20;

    private final FileChannel channel;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, Float.BYTES);

    RowMajorWriter(FileChannel channel) {
        this.channel = channel;
    }

    void write(Tensor tensor) throws IOException {
        write(tensor, 0);
    }

    /** Splits along {@code dim}, then along the ones inside it, until parts fit the buffer. */
    private void write(Tensor tensor, int dim) throws IOException {
        long bytes = tensor.elements() * tensor.dataType().bytes();
        if (bytes <= BUFFER_BYTES) {
            writePart(tensor, buffer.asSlice(0, bytes));
            return;
        }
        long size = tensor.size(dim);
        long most = Math.max(1, BUFFER_BYTES / (bytes / size));
        for (long start = 0; start < size; start += most) {
            Tensor part = tensor.narrow(dim, start, Math.min(most, size - start));
            write(part, dim + 1);
        }
    }

    private void writePart(Tensor part, MemorySegment bytes) throws IOException {
        DataType type = part.dataType();
        Tensor.wrap(bytes, type, part.shape()).copyFrom(part);
        if (type == DataType.BOOL) {
            // Any byte but 0 is true to us; to other readers only 1 is.
            for (long i = 0; i < bytes.byteSize(); i++) {
                boolean value = bytes.get(ValueLayout.JAVA_BYTE, i) != 0;
                bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (value ? 1 : 0));
            }
        }
        write(bytes.asByteBuffer());
    }

    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
