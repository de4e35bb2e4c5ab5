package io.github.subquad;

import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** Checks the tensors that a call writes and brings them to the form that engines take. */
final class Outputs {
    private Outputs() {}

    static AttentionOutputs checked(
            AttentionInputs inputs,
            int rank,
            Tensor output,
            @Nullable Tensor logSumExp,
            ProgressListener progress) {
        long[] expected = inputs.query().shape();
        expected[3] = inputs.value().size(3);
        Tensor out = shaped("output", output, rank, expected);
        Tensor lse =
                logSumExp == null
                        ? null
                        : shaped("logSumExp", logSumExp, rank - 1, Inputs.withoutLast(expected));
        checkApart("output", output, inputs.query(), inputs.key(), inputs.value(), inputs.mask());
        if (logSumExp != null) {
            checkApart(
                    "logSumExp",
                    logSumExp,
                    inputs.query(),
                    inputs.key(),
                    inputs.value(),
                    inputs.mask());
            if (logSumExp.overlaps(output)) {
                throw new IllegalArgumentException("logSumExp: must not overlap output");
            }
        }
        long rows = expected[0] * expected[1] * expected[2];
        return new AttentionOutputs(out, lse, new ProgressMeter(rows, progress));
    }

    static void checkApart(String name, Tensor output, @Nullable Tensor... inputs) {
        for (Tensor input : inputs) {
            if (input != null && output.overlaps(input)) {
                throw new IllegalArgumentException(name + ": must not overlap an input");
            }
        }
        for (int dim = 0; dim < output.rank(); dim++) {
            if (output.stride(dim) == 0 && output.size(dim) > 1) {
                throw new IllegalArgumentException(
                        "%s: expected a place for each element, got dimension %d expanded"
                                .formatted(name, dim));
            }
        }
    }

    static Tensor shaped(String name, Tensor tensor, int rank, long[] expected) {
        Tensor full =
                tensor.rank() == rank && rank == expected.length - 1
                        ? tensor.splitDim(0, 1)
                        : tensor;
        if (tensor.rank() != rank || !Arrays.equals(full.shape(), expected)) {
            throw new IllegalArgumentException(
                    "%s: expected shape %s, got %s"
                            .formatted(
                                    name,
                                    Arrays.toString(
                                            Arrays.copyOfRange(
                                                    expected,
                                                    expected.length - rank,
                                                    expected.length)),
                                    tensor));
        }
        return Inputs.numbers(name, full);
    }
}
