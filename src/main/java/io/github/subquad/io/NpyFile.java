package io.github.subquad.io;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file of NumPy's <a
 * href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html" >npy</a> format,
 * versions 1.0 to 3.0: one array, read in place as a view of the file mapped into memory, of any
 * size. The header is checked whole when the file is opened; pickled objects are never read.
 *
 * <p>{@code float32} and {@code float16} are read as what they are, {@code bool} and {@code uint8}
 * as {@link DataType#BOOL}, a mask; in C order and little-endian.
 *
 * <p>Safe for use by many threads. A file that another process shortens while it is open makes the
 * JVM throw {@link InternalError} where the tensor is read.
 */
public final class NpyFile implements AutoCloseable {
    private final MappedFile file;
    private final Tensor tensor;

    private NpyFile(MappedFile file, Tensor tensor) {
        this.file = file;
        this.tensor = tensor;
    }

    /**
     * Opens a file and checks its header.
     *
     * @param path the file
     * @return the open file; close it when its tensor is not needed any more
     * @throws TensorFileException if the file cannot be read, is not as the format wants it, or
     *     holds what SubQuad does not read; the message says how to save it instead
     */
    public static NpyFile open(Path path) throws TensorFileException {
        MappedFile file = MappedFile.open(path);
        try {
            NpyHeader header = NpyHeader.read(file);
            var data = file.bytes().asSlice(header.dataStart());
            return new NpyFile(file, Tensor.wrap(data, header.dataType(), header.sizes()));
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    /**
     * The array, without a copy. Its elements cannot be written, and reading them after {@link
     * #close} throws {@link IllegalStateException}.
     *
     * @return a contiguous view of the file
     */
    public Tensor tensor() {
        return tensor;
    }

    /**
     * Writes a tensor as {@code numpy.save} would, in version 1.0. The file appears whole, in place
     * of one that was there, or not at all.
     *
     * @param path the file; its directory is there
     * @param tensor what to write, of any strides; F32, F16 or BOOL
     * @throws TensorFileException if the file cannot be written or the tensor is BF16, which npy
     *     has no name for
     */
    public static void write(Path path, Tensor tensor) throws TensorFileException {
        AtomicFile.write(path, content(path, tensor));
    }

    /**
     * Writes tensors that belong together, a file each: if one cannot be written, none appears, and
     * what was there stays.
     *
     * @param tensors what to write, by file; each as for {@link #write(Path, Tensor)}, no two files
     *     the same
     * @throws TensorFileException if one of them cannot be written
     */
    public static void write(Map<Path, Tensor> tensors) throws TensorFileException {
        Map<Path, AtomicFile.Content> contents = new LinkedHashMap<>();
        for (var entry : tensors.entrySet()) {
            contents.put(entry.getKey(), content(entry.getKey(), entry.getValue()));
        }
        AtomicFile.write(contents);
    }

    private static AtomicFile.Content content(Path path, Tensor tensor) throws TensorFileException {
        FormatLimits.requireWritable(path, tensor);
        byte[] header = NpyHeader.write(path, tensor);
        return channel -> {
            try (var writer = new RowMajorWriter(channel)) {
                writer.write(ByteBuffer.wrap(header));
                writer.write(tensor);
            }
        };
    }

    /**
     * Unmaps the file; does nothing the second time.
     *
     * @throws IllegalStateException if a thread is just reading the tensor
     */
    @Override
    public void close() {
        file.close();
    }
}
