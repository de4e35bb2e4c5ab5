package io.github.subquad.peers;

/**
 * The gradients of one head in plain Java, with a whole matrix of those of its scores. Gradients of
 * keys and values are added to what is there, since grouped heads share them.
 */
final class NaiveHeadGradients {
    private final NaiveHead head;
    private final float[] gradOutput;
    private final float[][] gradScores;
    private final float[] gradQuery;
    private final float[] gradKey;
    private final float[] gradValue;

    /**
     * A head about to be differentiated.
     *
     * @param head attended, with its weights
     * @param gradOutput {@code [query tokens, value channels]}
     * @param gradScores {@code [query tokens][key tokens]} to work in
     * @param gradQuery {@code [query tokens, channels]}, 0 at first
     * @param gradKey {@code [key tokens, channels]}, 0 at first
     * @param gradValue {@code [key tokens, value channels]}, 0 at first
     */
    NaiveHeadGradients(
            NaiveHead head,
            float[] gradOutput,
            float[][] gradScores,
            float[] gradQuery,
            float[] gradKey,
            float[] gradValue) {
        this.head = head;
        this.gradOutput = gradOutput;
        this.gradScores = gradScores;
        this.gradQuery = gradQuery;
        this.gradKey = gradKey;
        this.gradValue = gradValue;
    }

    /** The gradients of the scores of one query, and of that query. */
    void differentiateQuery(int i) {
        float[] weights = head.weights()[i];
        float[] row = gradScores[i];
        int visible = head.visible(i);
        int channels = head.channels();
        int valueChannels = head.valueChannels();
        float delta = dot(gradOutput, i, head.output(), i, valueChannels);
        for (int j = 0; j < visible; j++) {
            float gradWeight = dot(gradOutput, i, head.value(), j, valueChannels);
            row[j] = weights[j] * (gradWeight - delta) * head.scale();
        }
        for (int j = 0; j < visible; j++) {
            addScaled(gradQuery, i, row[j], head.key(), j, channels);
        }
    }

    /** What the head adds to the gradients of some keys and values, after all its queries. */
    void differentiateKeys(int from, int to) {
        int channels = head.channels();
        int valueChannels = head.valueChannels();
        for (int i = 0; i < gradScores.length; i++) {
            float[] weights = head.weights()[i];
            float[] row = gradScores[i];
            int end = Math.min(to, head.visible(i));
            for (int j = from; j < end; j++) {
                addScaled(gradKey, j, row[j], head.query(), i, channels);
                addScaled(gradValue, j, weights[j], gradOutput, i, valueChannels);
            }
        }
    }

    private static float dot(float[] a, int aRow, float[] b, int bRow, int channels) {
        float sum = 0;
        for (int c = 0; c < channels; c++) {
            sum += a[aRow * channels + c] * b[bRow * channels + c];
        }
        return sum;
    }

    private static void addScaled(
            float[] sums, int row, float factor, float[] of, int ofRow, int channels) {
        for (int c = 0; c < channels; c++) {
            sums[row * channels + c] += factor * of[ofRow * channels + c];
        }
    }
}
