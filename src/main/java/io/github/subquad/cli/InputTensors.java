package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.AttentionResult;
import io.github.subquad.AttentionShape;
import io.github.subquad.bench.Gaussians;
import io.github.subquad.io.SafetensorsFile;
import io.github.subquad.io.TensorFileException;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * The tensors of a call. Those that come from files are views of the files, mapped into memory, and
 * cannot be read once this is closed.
 */
record InputTensors(
        Tensor query, Tensor key, Tensor value, @Nullable Tensor mask, MappedFiles files)
        implements AutoCloseable {
    private interface Loading {
        InputTensors from(MappedFiles files) throws TensorFileException;
    }

    /** The tensors query, key, value and, if asked for, a mask of one file. */
    static InputTensors ofSafetensors(
            Path input, @Nullable String maskTensor, @Nullable Path maskFile)
            throws TensorFileException {
        return load(
                files -> {
                    SafetensorsFile file = files.safetensors(input);
                    return new InputTensors(
                            file.tensor("query"),
                            file.tensor("key"),
                            file.tensor("value"),
                            maskTensor != null ? file.tensor(maskTensor) : mask(files, maskFile),
                            files);
                });
    }

    /** One file for each tensor. */
    static InputTensors ofNpy(Path query, Path key, Path value, @Nullable Path maskFile)
            throws TensorFileException {
        return load(
                files ->
                        new InputTensors(
                                files.npy(query),
                                files.npy(key),
                                files.npy(value),
                                mask(files, maskFile),
                                files));
    }

    /** Normally distributed float32 numbers, the same for the same seed. */
    static InputTensors random(AttentionShape shape, long seed, @Nullable Path maskFile)
            throws TensorFileException {
        long heads = shape.keyHeads();
        long keys = shape.keyTokens();
        return load(
                files ->
                        new InputTensors(
                                random(
                                        seed,
                                        shape.queryHeads(),
                                        shape.queryTokens(),
                                        shape.channels()),
                                random(seed + 1, heads, keys, shape.channels()),
                                random(seed + 2, heads, keys, shape.valueChannels()),
                                mask(files, maskFile),
                                files));
    }

    private static InputTensors load(Loading loading) throws TensorFileException {
        var files = new MappedFiles();
        try {
            return loading.from(files);
        } catch (Throwable e) {
            files.close();
            throw e;
        }
    }

    private static @Nullable Tensor mask(MappedFiles files, @Nullable Path file)
            throws TensorFileException {
        return file == null ? null : files.npy(file);
    }

    private static Tensor random(long seed, long... shape) {
        Tensor tensor = Tensor.allocate(DataType.F32, shape);
        Gaussians.fill(tensor, seed);
        return tensor;
    }

    /**
     * The sizes.
     *
     * @throws IllegalArgumentException if the tensors do not fit each other
     */
    AttentionShape shape() {
        return AttentionShape.of(query, key, value);
    }

    AttentionResult attend(Attention attention) {
        return attention.attend(query, key, value, mask);
    }

    @Override
    public void close() {
        files.close();
    }
}
