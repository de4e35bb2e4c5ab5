package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionResult;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttentionTape;
import io.github.subquad.bench.Gaussians;
import io.github.subquad.io.SafetensorsFile;
import io.github.subquad.io.TensorFileException;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * The tensors of a call. Those that come from files are views of the files, mapped into memory, and
 * cannot be read once this is closed.
 */
record InputTensors(
        Tensor query,
        Tensor key,
        Tensor value,
        @Nullable Tensor mask,
        @Nullable SafetensorsFile input,
        MappedFiles files)
        implements AutoCloseable {
    private static final String GRAD_OUTPUT = "grad_output";

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
                            file,
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
                                null,
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
                                null,
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

    /** As the library takes them. */
    AttentionInputs inputs(AttentionOptions options) {
        return AttentionInputs.of(query, key, value, mask, options);
    }

    /**
     * The tensor grad_output of the safetensors file that this comes from.
     *
     * @throws TensorFileException if it has none
     * @throws IllegalArgumentException if that does not fit the other tensors
     */
    Tensor gradOutput() throws TensorFileException {
        return fitting(Objects.requireNonNull(input).tensor(GRAD_OUTPUT));
    }

    /**
     * The gradient of the output from a file of its own.
     *
     * @throws IllegalArgumentException if it does not fit the other tensors
     */
    Tensor gradOutput(Path npy) throws TensorFileException {
        return fitting(files.npy(npy));
    }

    /** The tensor grad_output of the safetensors file, if there is one; else random numbers. */
    Tensor gradOutputOrRandom(long seed) throws TensorFileException {
        return input != null && input.contains(GRAD_OUTPUT)
                ? gradOutput()
                : random(seed + 3, outputShape());
    }

    /** Said before the forward pass, which may take long. */
    private Tensor fitting(Tensor gradOutput) {
        if (!gradOutput.dataType().isFloat() || !Arrays.equals(gradOutput.shape(), outputShape())) {
            throw new IllegalArgumentException(
                    "%s: expected F32, F16 or BF16 of shape %s, got %s"
                            .formatted(GRAD_OUTPUT, Arrays.toString(outputShape()), gradOutput));
        }
        return gradOutput;
    }

    private long[] outputShape() {
        AttentionShape shape = shape();
        long[] outputShape = query.shape();
        outputShape[outputShape.length - 1] = shape.valueChannels();
        return outputShape;
    }

    AttentionResult attend(Attention attention) {
        return attention.attend(query, key, value, mask);
    }

    /** The caller closes the tape. */
    AttentionTape forward(Attention attention) {
        return attention.forward(query, key, value, mask);
    }

    @Override
    public void close() {
        files.close();
    }
}
