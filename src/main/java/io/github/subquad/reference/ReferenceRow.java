package io.github.subquad.reference;

import io.github.subquad.AttentionInputs;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

/**
 * One query row in float64: first all scores, then their softmax over the values. Short enough to
 * be checked by eye; shares no code with any engine.
 *
 * @param maxScore greatest score, −∞ if the row sees no key
 * @param greatestMagnitude greatest finite |scale·q·k + bias| among keys whose weight counts in
 *     float32, 0 if there is none
 * @param expWeightsSum Σ exp(s − max)
 * @param expValues Σ exp(s − max)·v, {@code [value channels]}
 */
public record ReferenceRow(
        double maxScore, double greatestMagnitude, double expWeightsSum, double[] expValues) {
    /** e^−100 is below float32's least normal number. */
    private static final double NEGLIGIBLE = 100;

    /**
     * Attends one row.
     *
     * @param in tensors of a call
     * @param batch 0 to batch − 1
     * @param head 0 to query heads − 1
     * @param query 0 to query tokens − 1
     * @return its sums over all visible keys
     */
    public static ReferenceRow of(AttentionInputs in, long batch, long head, long query) {
        long keyHead = head / (in.query().size(1) / in.key().size(1));
        int keys = Math.toIntExact(in.keyTokens());
        double[] scores = new double[keys];
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < keys; j++) {
            scores[j] = score(in, batch, head, query, j);
            max = Math.max(max, scores[j]);
        }
        double magnitude = 0;
        double sum = 0;
        double[] values = new double[Math.toIntExact(in.value().size(3))];
        for (int j = 0; j < keys; j++) {
            if (scores[j] == Double.NEGATIVE_INFINITY) {
                continue; // hidden: its value is not even looked at
            }
            if (scores[j] >= max - NEGLIGIBLE && Double.isFinite(scores[j])) {
                magnitude = Math.max(magnitude, Math.abs(scores[j]));
            }
            double weight = Math.exp(scores[j] - max);
            sum += weight;
            addScaled(values, weight, in.value(), batch, keyHead, j);
        }
        return new ReferenceRow(max, magnitude, sum, values);
    }

    /**
     * The output of the row.
     *
     * @return softmax(s)·v, {@code [value channels]}; zeros if the row sees no key
     */
    public double[] output() {
        double[] output = new double[expValues.length];
        for (int c = 0; c < output.length; c++) {
            output[c] = expWeightsSum == 0 ? 0 : expValues[c] / expWeightsSum;
        }
        return output;
    }

    /**
     * The log of the softmax denominator.
     *
     * @return natural; −∞ if the row sees no key
     */
    public double logSumExp() {
        return maxScore + Math.log(expWeightsSum);
    }

    /** scale·q·k + bias; −∞ where the pair is hidden, whose key is then not even looked at. */
    static double score(AttentionInputs in, long batch, long head, long query, long key) {
        double bias = bias(in, batch, head, query, key);
        if (bias == Double.NEGATIVE_INFINITY) {
            return bias;
        }
        long keyHead = head / (in.query().size(1) / in.key().size(1));
        return in.scale() * dot(in.query(), in.key(), batch, head, query, keyHead, key) + bias;
    }

    /** What is added to the score; −∞ where the pair is hidden. */
    private static double bias(AttentionInputs in, long batch, long head, long query, long key) {
        if (in.diagonal() != Long.MAX_VALUE && key > query + in.diagonal()) {
            return Double.NEGATIVE_INFINITY;
        }
        Tensor mask = in.mask();
        if (mask == null) {
            return 0;
        }
        float m = mask.dataType().read(mask.segment(), mask.byteOffset(batch, head, query, key));
        if (mask.dataType() == DataType.BOOL) {
            return m != 0 ? 0 : Double.NEGATIVE_INFINITY;
        }
        return m == Float.NEGATIVE_INFINITY ? m : Math.max(m, AttentionInputs.LEAST_BIAS);
    }

    private static double dot(
            Tensor q, Tensor k, long batch, long head, long query, long keyHead, long key) {
        long qAt = q.byteOffset(batch, head, query, 0);
        long kAt = k.byteOffset(batch, keyHead, key, 0);
        int qStep = q.dataType().bytes();
        int kStep = k.dataType().bytes();
        double sum = 0;
        for (long c = 0; c < q.size(3); c++) {
            sum +=
                    (double) q.dataType().read(q.segment(), qAt + c * qStep)
                            * k.dataType().read(k.segment(), kAt + c * kStep);
        }
        return sum;
    }

    private static void addScaled(
            double[] sums, double weight, Tensor v, long batch, long keyHead, long key) {
        long at = v.byteOffset(batch, keyHead, key, 0);
        int step = v.dataType().bytes();
        for (int c = 0; c < sums.length; c++) {
            sums[c] += weight * v.dataType().read(v.segment(), at + (long) c * step);
        }
    }
}
