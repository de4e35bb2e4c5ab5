package io.github.subquad.reference;

import io.github.subquad.AttentionInputs;
import io.github.subquad.tensor.Tensor;

import java.util.Arrays;

/**
 * All gradients of a small call in float64, from the inputs alone.
 *
 * @param query {@code [batch, query heads, query tokens, channels]}, row-major as the others
 * @param key {@code [batch, key heads, key tokens, channels]}
 * @param value {@code [batch, key heads, key tokens, value channels]}
 * @param mask {@code [batch, query heads, query tokens, key tokens]}, of a mask that is nowhere
 *     repeated
 */
public record ExactGradients(double[] query, double[] key, double[] value, double[] mask) {
    /**
     * Differentiates.
     *
     * @param in tensors of a call
     * @param gradOutput {@code [batch, query heads, query tokens, value channels]}
     * @return its gradients
     */
    public static ExactGradients of(AttentionInputs in, Tensor gradOutput) {
        var reference = new ReferenceGradients(in, gradOutput);
        Tensor q = in.query();
        Tensor k = in.key();
        double[][] query = new double[rows(q)][];
        double[][] mask = new double[rows(q)][];
        double[][] key = new double[rows(k)][];
        double[][] value = new double[rows(k)][];
        RowTerms[] terms = new RowTerms[rows(q)];
        for (int row = 0; row < query.length; row++) {
            long[] at = index(q, row);
            terms[row] = RowTerms.exact(in, gradOutput, at[0], at[1], at[2]);
            var exact = reference.queryRow(at[0], at[1], at[2], terms[row]);
            query[row] = exact.gradient();
            mask[row] = exact.scores();
        }
        for (int row = 0; row < key.length; row++) {
            long[] at = index(k, row);
            var exact =
                    reference.keyRow(
                            at[0], at[1], at[2], (b, h, i) -> terms[(int) row(q, b, h, i)]);
            key[row] = exact.key();
            value[row] = exact.value();
        }
        return new ExactGradients(flat(query), flat(key), flat(value), flat(mask));
    }

    private static int rows(Tensor tensor) {
        return Math.toIntExact(tensor.size(0) * tensor.size(1) * tensor.size(2));
    }

    private static long row(Tensor like, long b, long h, long i) {
        return (b * like.size(1) + h) * like.size(2) + i;
    }

    private static long[] index(Tensor like, long row) {
        long tokens = like.size(2);
        return new long[] {row / tokens / like.size(1), row / tokens % like.size(1), row % tokens};
    }

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }
}
