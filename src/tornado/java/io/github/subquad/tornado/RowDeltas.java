package io.github.subquad.tornado;

import io.github.subquad.BackwardInputs;
import io.github.subquad.tensor.Tensor;

/**
 * The sum of gradOutput ∘ output over the channels of each row, in float64 and rounded once: all
 * gradients of a row's scores carry its error.
 */
final class RowDeltas {
    private RowDeltas() {}

    /**
     * Computes them head by head.
     *
     * @param in some rows
     * @param gradOutput theirs, as float32
     * @param delta where they go, {@code [batch, heads, queries]}
     */
    static void of(BackwardInputs in, Tensor gradOutput, Tensor delta) {
        int channels = (int) gradOutput.size(3);
        for (long b = 0; b < delta.size(0); b++) {
            for (long h = 0; h < delta.size(1); h++) {
                float[] output = head(in.output(), b, h);
                float[] gradient = head(gradOutput, b, h);
                for (int row = 0; row * channels < output.length; row++) {
                    double sum = 0;
                    for (int at = row * channels; at < (row + 1) * channels; at++) {
                        sum += (double) gradient[at] * output[at];
                    }
                    delta.set((float) sum, b, h, row);
                }
            }
        }
    }

    private static float[] head(Tensor rows, long b, long h) {
        return rows.narrow(0, b, 1).narrow(1, h, 1).toFloatArray();
    }
}
