package io.github.subquad.reference;

import io.github.subquad.AttentionInputs;
import io.github.subquad.BackwardInputs;
import io.github.subquad.tensor.Tensor;

/**
 * What the backward pass knows of a query row as a whole.
 *
 * @param logSumExp natural; −∞ if the row sees no key
 * @param delta Σ gradOutput · output over the channels
 * @param deltaNorm √Σ (gradOutput · output)², to which the rounding error of delta is proportional
 * @param magnitude greatest |score| that counts, to which that of the weights is
 */
record RowTerms(double logSumExp, double delta, double deltaNorm, double magnitude) {
    /** Evaluated in float64 from the inputs. */
    static RowTerms exact(AttentionInputs in, Tensor gradOutput, long b, long h, long i) {
        ReferenceRow row = ReferenceRow.of(in, b, h, i);
        double[] output = row.output();
        double delta = 0;
        double squares = 0;
        for (int c = 0; c < output.length; c++) {
            double term = gradOutput.get(b, h, i, c) * output[c];
            delta += term;
            squares += term * term;
        }
        return new RowTerms(row.logSumExp(), delta, Math.sqrt(squares), row.greatestMagnitude());
    }

    /** Those of every row, evaluated once. */
    static ReferenceGradients.Terms allExact(AttentionInputs in, Tensor gradOutput) {
        Tensor q = in.query();
        var terms = new RowTerms[Math.toIntExact(q.size(0) * q.size(1) * q.size(2))];
        int at = 0;
        for (long b = 0; b < q.size(0); b++) {
            for (long h = 0; h < q.size(1); h++) {
                for (long i = 0; i < q.size(2); i++) {
                    terms[at++] = exact(in, gradOutput, b, h, i);
                }
            }
        }
        return (b, h, i) -> terms[(int) ((b * q.size(1) + h) * q.size(2) + i)];
    }

    /** Taken from a forward pass. */
    static RowTerms given(BackwardInputs in, long b, long h, long i) {
        double delta = 0;
        double squares = 0;
        Tensor output = in.output();
        Tensor gradOutput = in.gradOutput();
        long outputAt = output.byteOffset(b, h, i, 0);
        long gradAt = gradOutput.byteOffset(b, h, i, 0);
        for (long c = 0; c < output.size(3); c++) {
            double term =
                    ReferenceGradients.channel(gradOutput, gradAt, c)
                            * ReferenceGradients.channel(output, outputAt, c);
            delta += term;
            squares += term * term;
        }
        double logSumExp = in.logSumExp().get(b, h, i);
        double magnitude = Double.isFinite(logSumExp) ? Math.abs(logSumExp) : 0;
        return new RowTerms(logSumExp, delta, Math.sqrt(squares), magnitude);
    }
}
