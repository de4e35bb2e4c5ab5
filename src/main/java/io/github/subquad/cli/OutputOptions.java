package io.github.subquad.cli;

import io.github.subquad.io.AtomicFile;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the results go: files of the format that the inputs have. */
final class OutputOptions {
    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = {
                "Where the result goes: a safetensors file with the tensor output, or with --query"
                        + " an npy file.",
            })
    private @Nullable Path output;

    @Option(
            names = "--log-sum-exp",
            description = {
                "With --input: write the tensor log_sum_exp too, the natural log of each row's"
                        + " softmax denominator.",
            })
    private boolean logSumExp;

    @Option(
            names = "--log-sum-exp-output",
            paramLabel = "FILE",
            description = "With --query: an npy file for the same.")
    private @Nullable Path logSumExpOutput;

    boolean wantsLogSumExp() {
        return logSumExp || logSumExpOutput != null;
    }

    /** Finds out before the work what would be in the way of its result. */
    OutputFiles check(InputOptions inputs) throws IOException {
        if (output == null) {
            throw new UsageException("expected --output FILE");
        }
        if (inputs.areNpy() && logSumExp) {
            throw new UsageException(
                    "--log-sum-exp: goes with --input; here give --log-sum-exp-output FILE");
        }
        if (!inputs.areNpy() && logSumExpOutput != null) {
            throw new UsageException(
                    "--log-sum-exp-output: goes with --query; here give --log-sum-exp");
        }
        check("--output", output, inputs);
        if (logSumExpOutput != null) {
            check("--log-sum-exp-output", logSumExpOutput, inputs);
            if (isSame(output, logSumExpOutput)) {
                throw new UsageException("--log-sum-exp-output: %s is --output".formatted(output));
            }
        }
        return new OutputFiles(output, logSumExpOutput, inputs.areNpy());
    }

    private static void check(String option, Path file, InputOptions inputs) throws IOException {
        if (file.toString().endsWith(inputs.areNpy() ? ".safetensors" : ".npy")) {
            throw new UsageException(
                    "%s: expected a file of the inputs' format, got %s".formatted(option, file));
        }
        for (Path input : inputs.files()) {
            if (isSame(file, input)) {
                throw new UsageException(
                        "%s: %s is an input; name another file".formatted(option, file));
            }
        }
        AtomicFile.check(file);
    }

    private static boolean isSame(Path a, Path b) throws IOException {
        return Files.exists(a) && Files.exists(b)
                ? Files.isSameFile(a, b)
                : place(a).equals(place(b));
    }

    /** The path of a file that may not be there yet, its folder behind links. */
    private static Path place(Path file) throws IOException {
        Path path = file.toAbsolutePath().normalize();
        Path folder = path.getParent();
        return folder != null && Files.isDirectory(folder)
                ? folder.toRealPath().resolve(path.getFileName())
                : path;
    }
}
