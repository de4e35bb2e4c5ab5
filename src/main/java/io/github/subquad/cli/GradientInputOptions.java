package io.github.subquad.cli;

import io.github.subquad.io.TensorFileException;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Which files hold the tensors of a call and the gradient of its output. */
final class GradientInputOptions {
    @Mixin private final InputOptions inputs = new InputOptions();

    @Option(
            names = "--grad-output",
            paramLabel = "FILE",
            description =
                    "With --query: an npy file, the gradient of the output in its shape. An"
                            + " --input file holds it as the tensor grad_output.")
    private @Nullable Path gradOutput;

    boolean areNpy() {
        return inputs.areNpy();
    }

    /** Every file that is read. */
    List<Path> files() {
        return Stream.concat(inputs.files().stream(), Stream.ofNullable(gradOutput)).toList();
    }

    /** Maps the files; the caller closes what it gets. */
    InputTensors open() throws TensorFileException {
        if (!areNpy() && gradOutput != null) {
            throw new UsageException(
                    "--grad-output: goes with --query; here the tensor grad_output of --input is"
                            + " taken");
        }
        return inputs.open();
    }

    /** The gradient of the output, as far as it fits tensors that {@link #open} gave. */
    Tensor gradOutput(InputTensors tensors) throws TensorFileException {
        if (!areNpy()) {
            return tensors.gradOutput();
        }
        if (gradOutput == null) {
            throw new UsageException("expected --grad-output FILE");
        }
        return tensors.gradOutput(gradOutput);
    }
}
