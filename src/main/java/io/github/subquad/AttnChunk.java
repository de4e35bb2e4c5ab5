package io.github.subquad;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What some set of keys contributes to some query rows: with scores s and a reference score m of
 * each row (its maximum, where {@code summarizeChunk} made the chunk), the sums Σ exp(s − m)·v and
 * Σ exp(s − m), and m itself.
 *
 * <p>Chunks over disjoint sets of keys form a commutative monoid under {@link #merge}: {@link
 * #EMPTY} is its identity, the order of merging changes rounding alone. So keys may be split over
 * chunks, memories, devices or machines, and the parts merge to the exact whole (Rabe and Staats,
 * section 3).
 *
 * @param expValues Σ exp(s − m)·v, {@code [rows, value channels]}; the array is not copied
 * @param expWeightsSum Σ exp(s − m), {@code [rows]}; 0 for a row that sees no key
 * @param maxScore m in natural units, {@code [rows]}; −∞ for a row that sees no key
 */
public record AttnChunk(float[] expValues, float[] expWeightsSum, float[] maxScore)
        implements Serializable {
    /** No keys, for any number of rows: the identity of {@link #merge}. */
    public static final AttnChunk EMPTY = new AttnChunk(new float[0], new float[0], new float[0]);

    /** Checks that the three sizes agree. */
    public AttnChunk {
        int rows = maxScore.length;
        if (expWeightsSum.length != rows
                || (rows == 0 ? expValues.length != 0 : expValues.length % rows != 0)) {
            throw new IllegalArgumentException(
                    "AttnChunk: expected [rows, channels], [rows], [rows], got %d, %d, %d elements"
                            .formatted(expValues.length, expWeightsSum.length, rows));
        }
    }

    /**
     * No keys, for a known number of rows, to be filled by {@link #mergeInPlace}.
     *
     * @param rows at least 0
     * @param valueChannels at least 1
     * @return sums 0 and maxima −∞
     */
    public static AttnChunk empty(int rows, int valueChannels) {
        float[] none = new float[rows];
        Arrays.fill(none, Float.NEGATIVE_INFINITY);
        return new AttnChunk(
                new float[Math.multiplyExact(rows, valueChannels)], new float[rows], none);
    }

    /**
     * The number of query rows.
     *
     * @return rows; 0 for {@link #EMPTY}
     */
    public int rows() {
        return maxScore.length;
    }

    /**
     * The number of value channels.
     *
     * @return channels; 0 for a chunk without rows
     */
    public int valueChannels() {
        return rows() == 0 ? 0 : expValues.length / rows();
    }

    /**
     * The contribution of two disjoint sets of keys. Neither argument changes.
     *
     * @param a some keys
     * @param b other keys for the same rows, or {@link #EMPTY}
     * @return both together; {@code merge(b, a)} has the same bits
     * @throws IllegalArgumentException if rows or channels differ
     */
    public static AttnChunk merge(AttnChunk a, AttnChunk b) {
        return a.rows() == 0 ? b : a.copy().mergeInPlace(b);
    }

    /**
     * The contribution of many disjoint sets of keys, merged from first to last. No argument
     * changes.
     *
     * @param chunks any number, also none
     * @return all together
     * @throws IllegalArgumentException if rows or channels differ
     */
    public static AttnChunk merge(Iterable<AttnChunk> chunks) {
        AttnChunk state = EMPTY;
        for (AttnChunk chunk : chunks) {
            state = state.rows() == 0 ? chunk.copy() : state.mergeInPlace(chunk);
        }
        return state;
    }

    /**
     * Adds the contribution of other keys to this chunk, whose arrays change.
     *
     * @param other other keys for the same rows, or {@link #EMPTY}
     * @return this
     * @throws IllegalArgumentException if rows or channels differ
     */
    public AttnChunk mergeInPlace(AttnChunk other) {
        if (other.rows() == 0) {
            return this;
        }
        if (other.rows() != rows() || other.expValues.length != expValues.length) {
            throw new IllegalArgumentException(
                    "merge: expected %d rows of %d channels, got %d of %d"
                            .formatted(
                                    rows(), valueChannels(), other.rows(), other.valueChannels()));
        }
        int channels = valueChannels();
        for (int row = 0; row < rows(); row++) {
            float max = Math.max(maxScore[row], other.maxScore[row]);
            float mine = rescale(maxScore[row], max);
            float theirs = rescale(other.maxScore[row], max);
            maxScore[row] = max;
            expWeightsSum[row] = expWeightsSum[row] * mine + other.expWeightsSum[row] * theirs;
            for (int i = row * channels; i < (row + 1) * channels; i++) {
                expValues[i] = expValues[i] * mine + other.expValues[i] * theirs;
            }
        }
        return this;
    }

    /** exp(old − max), where equal infinities give 1 and not NaN: two empty rows stay empty. */
    private static float rescale(float old, float max) {
        return old == max ? 1 : (float) Math.exp((double) old - max);
    }

    /**
     * The attention output of these keys.
     *
     * @return softmax(s)·v, {@code [rows, value channels]}; zeros for rows that see no key
     */
    public float[] normalize() {
        float[] output = new float[expValues.length];
        int channels = valueChannels();
        for (int row = 0; row < rows(); row++) {
            float inverse = expWeightsSum[row] == 0 ? 0 : 1 / expWeightsSum[row];
            for (int i = row * channels; i < (row + 1) * channels; i++) {
                output[i] = expValues[i] * inverse;
            }
        }
        return output;
    }

    /**
     * The log of the softmax denominators.
     *
     * @return m + ln Σ exp(s − m), natural, {@code [rows]}; −∞ for rows that see no key
     */
    public float[] logSumExp() {
        float[] result = new float[rows()];
        for (int row = 0; row < rows(); row++) {
            result[row] = (float) (maxScore[row] + Math.log(expWeightsSum[row]));
        }
        return result;
    }

    private AttnChunk copy() {
        return new AttnChunk(expValues.clone(), expWeightsSum.clone(), maxScore.clone());
    }

    /** Equal sizes and bits. */
    @Override
    public boolean equals(Object other) {
        return other instanceof AttnChunk(var values, var sums, var maxima)
                && Arrays.equals(expValues, values)
                && Arrays.equals(expWeightsSum, sums)
                && Arrays.equals(maxScore, maxima);
    }

    /** Agrees with {@link #equals}. */
    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(expValues) + Arrays.hashCode(expWeightsSum))
                + Arrays.hashCode(maxScore);
    }

    /** The sizes, not the numbers. */
    @Override
    public String toString() {
        return "AttnChunk[rows=%d, valueChannels=%d]".formatted(rows(), valueChannels());
    }
}
