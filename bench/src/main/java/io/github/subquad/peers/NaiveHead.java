package io.github.subquad.peers;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * One head in plain Java: scores, softmax, weighted sum, each a loop of its own over a whole matrix
 * of scores.
 */
final class NaiveHead {
    private final float[] query;
    private final float[] key;
    private final float[] value;
    private final @Nullable Tensor mask;
    private final float[][] scores;
    private final float[] output;
    private final float scale;
    private final long diagonal;

    /**
     * A head about to be attended.
     *
     * @param query {@code [query tokens, channels]}
     * @param key {@code [key tokens, channels]}
     * @param value {@code [key tokens, value channels]}
     * @param mask {@code [query tokens, key tokens]}: what is to be added to the scores, or which
     *     of them are to be seen; or null
     * @param scores {@code [query tokens][key tokens]} to work in; the weights will lie there
     * @param output {@code [query tokens, value channels]}, for the result
     * @param scale factor of the scores
     * @param diagonal query i sees the keys 0 … i + diagonal
     */
    NaiveHead(
            float[] query,
            float[] key,
            float[] value,
            @Nullable Tensor mask,
            float[][] scores,
            float[] output,
            float scale,
            long diagonal) {
        this.query = query;
        this.key = key;
        this.value = value;
        this.mask = mask;
        this.scores = scores;
        this.output = output;
        this.scale = scale;
        this.diagonal = diagonal;
    }

    float[] query() {
        return query;
    }

    float[] key() {
        return key;
    }

    float[] value() {
        return value;
    }

    /** Of the queries that were attended; of keys that they do not see, anything. */
    float[][] weights() {
        return scores;
    }

    float scale() {
        return scale;
    }

    int channels() {
        return query.length / scores.length;
    }

    int valueChannels() {
        return output.length / scores.length;
    }

    /** How many keys, from the first, a query sees. */
    int visible(int i) {
        return Math.clamp(diagonal + i + 1, 0, scores[i].length);
    }

    /** {@code [query tokens, value channels]}: the rows of the queries that were attended. */
    float[] output() {
        return output;
    }

    /** Attends one query to the keys that it sees. */
    void attend(int i) {
        float[] row = scores[i];
        int visible = visible(i);
        setToBias(i, row);
        addScores(i, row, visible);
        softmax(row, visible);
        sumValues(i, row, visible);
    }

    private void setToBias(int i, float[] row) {
        if (mask == null) {
            Arrays.fill(row, 0);
            return;
        }
        boolean hides = mask.dataType() == DataType.BOOL;
        for (int j = 0; j < row.length; j++) {
            float m = mask.get(i, j);
            row[j] = !hides ? m : m == 0 ? Float.NEGATIVE_INFINITY : 0;
        }
    }

    private void addScores(int i, float[] row, int visible) {
        int channels = channels();
        for (int j = 0; j < visible; j++) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += query[i * channels + c] * key[j * channels + c];
            }
            row[j] += sum * scale;
        }
    }

    private static void softmax(float[] row, int visible) {
        float max = Float.NEGATIVE_INFINITY;
        for (int j = 0; j < visible; j++) {
            max = Math.max(max, row[j]);
        }
        if (max == Float.NEGATIVE_INFINITY) {
            Arrays.fill(row, 0, visible, 0); // sees no key
            return;
        }
        float sum = 0;
        for (int j = 0; j < visible; j++) {
            row[j] = (float) Math.exp(row[j] - max);
            sum += row[j];
        }
        for (int j = 0; j < visible; j++) {
            row[j] /= sum;
        }
    }

    private void sumValues(int i, float[] row, int visible) {
        int channels = valueChannels();
        Arrays.fill(output, i * channels, (i + 1) * channels, 0);
        for (int j = 0; j < visible; j++) {
            for (int c = 0; c < channels; c++) {
                output[i * channels + c] += row[j] * value[j * channels + c];
            }
        }
    }
}
