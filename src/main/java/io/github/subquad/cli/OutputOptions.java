package io.github.subquad.cli;

import io.github.subquad.cli.OutputFiles.Output;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the results of attention go: files of the format that the inputs have. */
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

    /** Finds out before the work what would be in the way of its results. */
    OutputFiles check(InputOptions inputs) throws IOException {
        requireOutput();
        boolean npy = inputs.areNpy();
        return OutputFiles.check(npy, inputs.files(), given(npy).toList());
    }

    /** {@code --output}, where it cannot be left out. */
    Path requireOutput() {
        if (output == null) {
            throw new UsageException("expected --output FILE");
        }
        return output;
    }

    /** What was asked for, maybe nothing. */
    Stream<Output> given(boolean npy) {
        if (npy && logSumExp) {
            throw new UsageException(
                    "--log-sum-exp: goes with --input; here give --log-sum-exp-output FILE");
        }
        if (!npy && logSumExpOutput != null) {
            throw new UsageException(
                    "--log-sum-exp-output: goes with --query; here give --log-sum-exp");
        }
        return Stream.of(
                        Output.of("--output", "output", output),
                        Output.of("--output", "log_sum_exp", logSumExp ? output : null),
                        Output.of("--log-sum-exp-output", "log_sum_exp", logSumExpOutput))
                .flatMap(one -> one);
    }
}
