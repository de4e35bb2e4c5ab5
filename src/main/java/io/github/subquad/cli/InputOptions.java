package io.github.subquad.cli;

import io.github.subquad.AttentionShape;
import io.github.subquad.io.TensorFileException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Which files hold the tensors of a call: one safetensors file, or three npy files. */
final class InputOptions {
    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = {
                "A safetensors file with the tensors query, key and value, and maybe others.",
            })
    private @Nullable Path input;

    @Option(
            names = "--query",
            paramLabel = "FILE",
            description = {
                "An npy file instead, [batch*heads, tokens, channels] or [batch, heads, tokens,"
                        + " channels]; so for --key and --value.",
            })
    private @Nullable Path query;

    @Option(names = "--key", paramLabel = "FILE", description = "An npy file.")
    private @Nullable Path key;

    @Option(names = "--value", paramLabel = "FILE", description = "An npy file.")
    private @Nullable Path value;

    @Option(
            names = "--mask",
            paramLabel = "FILE",
            description = {
                "An npy file, [1|batch*heads, 1|queries, keys] or with batch and heads apart:"
                    + " numbers are added to the scores; bool or uint8 say by true which keys take"
                    + " part.",
            })
    private @Nullable Path mask;

    @Option(
            names = "--mask-tensor",
            paramLabel = "NAME",
            description = "A tensor of the --input file that serves as mask.")
    private @Nullable String maskTensor;

    /** Whether the tensors come from npy files rather than one safetensors file. */
    boolean areNpy() {
        return input == null;
    }

    private List<Path> npyFiles() {
        return Stream.of(query, key, value).filter(Objects::nonNull).toList();
    }

    /** Every file that is read. */
    List<Path> files() {
        return Stream.of(input, query, key, value, mask).filter(Objects::nonNull).toList();
    }

    /** Maps the files; the caller closes what it gets. */
    InputTensors open() throws TensorFileException {
        if (input != null) {
            if (!npyFiles().isEmpty()) {
                throw new UsageException(
                        "expected either --input or --query, --key and --value, got both");
            }
            if (maskTensor != null && mask != null) {
                throw new UsageException("expected either --mask or --mask-tensor, got both");
            }
            return InputTensors.ofSafetensors(input, maskTensor, mask);
        }
        if (query == null || key == null || value == null) {
            throw new UsageException("expected --input, or --query and --key and --value");
        }
        checkNoMaskTensor();
        return InputTensors.ofNpy(query, key, value, mask);
    }

    /** Random numbers in place of files; a mask may come from a file all the same. */
    InputTensors random(AttentionShape shape, long seed) throws TensorFileException {
        if (input != null || !npyFiles().isEmpty()) {
            throw new UsageException("expected either --shape or files to read, got both");
        }
        checkNoMaskTensor();
        return InputTensors.random(shape, seed, mask);
    }

    private void checkNoMaskTensor() {
        if (maskTensor != null) {
            throw new UsageException("--mask-tensor: goes with --input; here give --mask FILE");
        }
    }
}
