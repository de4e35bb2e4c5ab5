package io.github.subquad.cli;

import io.github.subquad.AttentionOptions;
import io.github.subquad.cli.OutputFiles.Output;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where gradients go: beside the output in one safetensors file, or to npy files. */
final class GradientOutputOptions {
    @Mixin private final OutputOptions outputs = new OutputOptions();

    @Option(
            names = "--grad-mask",
            description = "With --input: write the tensor grad_mask too, of a mask of numbers.")
    private boolean gradMask;

    @Option(
            names = "--grad-query-output",
            paramLabel = "FILE",
            description =
                    "With --query: an npy file for the gradient of the query; so for the next"
                            + " three. Name one at least; --output may be left out.")
    private @Nullable Path gradQueryOutput;

    @Option(names = "--grad-key-output", paramLabel = "FILE", description = "An npy file.")
    private @Nullable Path gradKeyOutput;

    @Option(names = "--grad-value-output", paramLabel = "FILE", description = "An npy file.")
    private @Nullable Path gradValueOutput;

    @Option(names = "--grad-mask-output", paramLabel = "FILE", description = "An npy file.")
    private @Nullable Path gradMaskOutput;

    AttentionOptions.Builder setOn(AttentionOptions.Builder options) {
        return options.maskGradient(gradMask || gradMaskOutput != null);
    }

    /** Refuses to differentiate with respect to what is no mask of numbers. */
    void checkMask(@Nullable Tensor mask) {
        if (!gradMask && gradMaskOutput == null) {
            return;
        }
        String option = gradMask ? "--grad-mask" : "--grad-mask-output";
        if (mask == null) {
            throw new UsageException(option + ": expected a mask, got none");
        }
        if (!mask.dataType().isFloat()) {
            throw new UsageException(
                    "%s: expected a mask of numbers, got %s".formatted(option, mask));
        }
    }

    /** Finds out before the work what would be in the way of its results. */
    OutputFiles check(GradientInputOptions inputs) throws IOException {
        boolean npy = inputs.areNpy();
        List<Output> all = new ArrayList<>(outputs.given(npy).toList());
        all.addAll(npy ? npyGradients() : gradientsBeside(outputs.requireOutput()));
        return OutputFiles.check(npy, inputs.files(), all);
    }

    private List<Output> npyGradients() {
        if (gradMask) {
            throw new UsageException(
                    "--grad-mask: goes with --input; here give --grad-mask-output FILE");
        }
        List<Output> gradients = gradientFiles();
        if (gradients.isEmpty()) {
            throw new UsageException(
                    "expected --grad-query-output, --grad-key-output, --grad-value-output or"
                            + " --grad-mask-output");
        }
        return gradients;
    }

    private List<Output> gradientsBeside(Path output) {
        List<Output> files = gradientFiles();
        if (!files.isEmpty()) {
            Output file = files.getFirst();
            throw new UsageException(
                    "%s: goes with --query; here %s goes to --output"
                            .formatted(file.option(), file.tensor()));
        }
        return Stream.of("grad_query", "grad_key", "grad_value", "grad_mask")
                .filter(tensor -> gradMask || !tensor.equals("grad_mask"))
                .map(tensor -> new Output("--output", tensor, output))
                .toList();
    }

    private List<Output> gradientFiles() {
        return Stream.of(
                        Output.of("--grad-query-output", "grad_query", gradQueryOutput),
                        Output.of("--grad-key-output", "grad_key", gradKeyOutput),
                        Output.of("--grad-value-output", "grad_value", gradValueOutput),
                        Output.of("--grad-mask-output", "grad_mask", gradMaskOutput))
                .flatMap(one -> one)
                .toList();
    }
}
