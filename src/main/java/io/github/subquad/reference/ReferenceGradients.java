package io.github.subquad.reference;

import io.github.subquad.AttentionInputs;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

/**
 * Gradients in float64, one row of the query, or one key with its value, at a time: the formulas of
 * {@link io.github.subquad.GradientEngine} as they stand there. Shares no code with any engine.
 */
final class ReferenceGradients {
    private final AttentionInputs in;
    private final Tensor gradOutput;

    /**
     * Gradients of a call.
     *
     * @param in tensors of the call
     * @param gradOutput {@code [batch, query heads, query tokens, value channels]}
     */
    ReferenceGradients(AttentionInputs in, Tensor gradOutput) {
        this.in = in;
        this.gradOutput = gradOutput;
    }

    /**
     * The gradient of one query row.
     *
     * @param gradient {@code [channels]}
     * @param scores gradient of its scores, and so of its row of the mask, {@code [key tokens]}
     * @param noise what rounding errors are proportional to, as a norm over the channels
     */
    record QueryRow(double[] gradient, double[] scores, double noise) {}

    /**
     * The gradients of one key and its value, summed over the query heads that share them.
     *
     * @param key {@code [channels]}
     * @param value {@code [value channels]}
     * @param keyNoise as for a query row
     * @param valueNoise as for a query row
     * @param magnitude greatest of the query rows'
     */
    record KeyRow(
            double[] key, double[] value, double keyNoise, double valueNoise, double magnitude) {}

    /** What is known of each query row. */
    @FunctionalInterface
    interface Terms {
        RowTerms of(long batch, long head, long query);
    }

    QueryRow queryRow(long b, long h, long i, RowTerms terms) {
        long keyHead = h / groupSize();
        double[] gradient = new double[Math.toIntExact(in.query().size(3))];
        double[] scores = new double[Math.toIntExact(in.keyTokens())];
        double squares = 0;
        double coherent = 0;
        for (int j = 0; j < scores.length; j++) {
            double score = ReferenceRow.score(in, b, h, i, j);
            if (score == Double.NEGATIVE_INFINITY) {
                continue; // hidden: key and value are not even looked at
            }
            double weight = Math.exp(score - terms.logSumExp());
            double gradWeight = dot(gradOutput, h, i, in.value(), keyHead, b, j);
            scores[j] = weight * (gradWeight - terms.delta());
            addScaled(gradient, in.scale() * scores[j], in.key(), b, keyHead, j);
            double keyNorm = Math.abs(in.scale()) * norm(in.key(), b, keyHead, j);
            squares += square(weight * (Math.abs(gradWeight) + terms.deltaNorm()) * keyNorm);
            coherent += weight * terms.deltaNorm() * keyNorm; // one error of delta meets all keys
        }
        double own = norm(gradient);
        return new QueryRow(gradient, scores, Math.sqrt(squares + square(coherent) + own * own));
    }

    KeyRow keyRow(long b, long keyHead, long j, Terms terms) {
        double[] key = new double[Math.toIntExact(in.key().size(3))];
        double[] value = new double[Math.toIntExact(in.value().size(3))];
        double keySquares = 0;
        double valueSquares = 0;
        double magnitude = 0;
        for (long h = keyHead * groupSize(); h < (keyHead + 1) * groupSize(); h++) {
            for (long i = 0; i < in.queryTokens(); i++) {
                double score = ReferenceRow.score(in, b, h, i, j);
                if (score == Double.NEGATIVE_INFINITY) {
                    continue;
                }
                RowTerms row = terms.of(b, h, i);
                magnitude = Math.max(magnitude, row.magnitude());
                double weight = Math.exp(score - row.logSumExp());
                double gradWeight = dot(gradOutput, h, i, in.value(), keyHead, b, j);
                double gradScore = weight * (gradWeight - row.delta());
                addScaled(key, in.scale() * gradScore, in.query(), b, h, i);
                addScaled(value, weight, gradOutput, b, h, i);
                double size = weight * (Math.abs(gradWeight) + row.deltaNorm());
                keySquares += square(in.scale() * size * norm(in.query(), b, h, i));
                valueSquares += square(weight * norm(gradOutput, b, h, i));
            }
        }
        return new KeyRow(
                key,
                value,
                Math.sqrt(keySquares + square(norm(key))),
                Math.sqrt(valueSquares + square(norm(value))),
                magnitude);
    }

    private long groupSize() {
        return in.query().size(1) / in.key().size(1);
    }

    private static double dot(
            Tensor left, long leftHead, long i, Tensor right, long rightHead, long b, long j) {
        long leftAt = left.byteOffset(b, leftHead, i, 0);
        long rightAt = right.byteOffset(b, rightHead, j, 0);
        double sum = 0;
        for (long c = 0; c < left.size(3); c++) {
            sum += channel(left, leftAt, c) * channel(right, rightAt, c);
        }
        return sum;
    }

    private static void addScaled(
            double[] sums, double factor, Tensor rows, long b, long head, long row) {
        long at = rows.byteOffset(b, head, row, 0);
        for (int c = 0; c < sums.length; c++) {
            sums[c] += factor * channel(rows, at, c);
        }
    }

    private static double norm(Tensor rows, long b, long head, long row) {
        long at = rows.byteOffset(b, head, row, 0);
        double sum = 0;
        for (long c = 0; c < rows.size(3); c++) {
            sum += square(channel(rows, at, c));
        }
        return Math.sqrt(sum);
    }

    /** One number of a row that begins at a byte. */
    static double channel(Tensor rows, long rowAt, long c) {
        DataType type = rows.dataType();
        return type.read(rows.segment(), rowAt + c * type.bytes());
    }

    private static double norm(double[] row) {
        double sum = 0;
        for (double x : row) {
            sum += x * x;
        }
        return Math.sqrt(sum);
    }

    private static double square(double x) {
        return x * x;
    }
}
