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
        for (Tensor input : new Tensor[] {inputs.query(), inputs.key(), inputs.value()}) {
            if (output.overlaps(input) || logSumExp != null && logSumExp.overlaps(input)) {
                throw new IllegalArgumentException("output: must not overlap an input");
            }
        }
        long rows = expected[0] * expected[1] * expected[2];
        return new AttentionOutputs(out, lse, new ProgressMeter(rows, progress));
    }

    private static Tensor shaped(String name, Tensor tensor, int rank, long[] expected) {
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
