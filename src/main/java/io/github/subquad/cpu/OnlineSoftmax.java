package io.github.subquad.cpu;

import java.util.Arrays;

/**
 * Online softmax of some query lanes over blocks of keys (Milakov and Gimelshein, arXiv 1805.02867,
 * with a lazy maximum). Each lane keeps a reference score m, Σ 2^(s − m) and Σ 2^(s − m)·v, scores
 * in base 2.
 *
 * <p>m is any real score of the lane, not its maximum: weights far above 1 are as exact as small
 * ones, so m moves only when a score exceeds it by more than {@link #rise}. A lane that rises is
 * rescaled, its neighbours are not: a row's bits depend on its own data alone. With {@code rise} 0,
 * m is the maximum of all keys seen.
 */
abstract class OnlineSoftmax {
    /** 2^24 above m is reached rarely, and leaves great values room to be summed in float32. */
    static final float LAZY_RISE = 24;

    /** m is always the maximum. */
    static final float EXACT_RISE = 0;

    static final double LN_2 = Math.log(2);

    /** Scores a lane looks at to choose its first m, if the lazy rise allows. */
    private static final int FIRST_LOOK = 8;

    final Kernels kernels;
    final float rise;
    private final int lanes;

    /** Scores of a block, then weights: [keys + slack][lanes]. */
    final float[] s;

    /** −m and Σ 2^(s − m) of every lane of every group. */
    final float[] neg;

    final float[] sum;
    final float[] part = new float[Kernels.WIDTH];
    final float[] max = new float[Kernels.WIDTH];

    OnlineSoftmax(Kernels kernels, float rise, int lanes, int groups, int keyBlock) {
        this.kernels = kernels;
        this.rise = rise;
        this.lanes = lanes;
        s = new float[(keyBlock + Kernels.SLACK) * lanes];
        neg = new float[groups * lanes];
        sum = new float[groups * lanes];
    }

    static long bytes(int lanes, int groups, int keyBlock) {
        return Float.BYTES
                * ((long) (keyBlock + Kernels.SLACK) * lanes
                        + 2L * groups * lanes
                        + 2L * Kernels.WIDTH);
    }

    /** Scores of the staged keys for a group of lanes, masks applied. */
    abstract void maskedScores(int group, int n);

    /** Puts the scores of the staged keys aside, if somebody wants them. */
    void keep(int n) {}

    /** {@link Kernels#columnMax} for this layout. */
    abstract void columnMax(int from, int n, float[] result);

    /** {@link Kernels#weights} for this layout. */
    abstract boolean weights(int group, int n);

    /** Multiplies the weighted sum of one lane. */
    abstract void rescale(int group, int lane, float factor);

    /** Adds weight · value of the staged values. */
    abstract void addWeighted(int group, int n);

    /** Adds to one sum what one key contributes. */
    abstract void addOne(int group, int lane, int key, float weight);

    final void clear() {
        Arrays.fill(neg, 0);
        Arrays.fill(sum, 0);
    }

    /**
     * Takes in the staged block.
     *
     * @param leaky whether a hidden value may be NaN or infinite, which 0 · value would let through
     */
    final void step(int group, int n, boolean leaky) {
        int base = group * lanes;
        maskedScores(group, n);
        keep(n);
        if (anyUnstarted(base)) {
            start(base, n);
        }
        boolean[] hidden = leaky ? hidden(s, n * lanes) : null;
        if (weights(group, n)) { // rare: a score far above m, or NaN
            maskedScores(group, n);
            raise(group, n);
            weights(group, n);
        }
        for (int i = 0; i < lanes; i++) {
            sum[base + i] += part[i];
        }
        if (hidden == null) {
            addWeighted(group, n);
        } else {
            addVisible(group, n, hidden);
        }
    }

    private boolean anyUnstarted(int base) {
        boolean any = false;
        for (int i = 0; i < lanes; i++) {
            any |= sum[base + i] == 0;
        }
        return any;
    }

    /** The first m of lanes that have met no visible key before this block. */
    private void start(int base, int n) {
        int look = rise > 0 ? Math.min(FIRST_LOOK, n) : n;
        greatest(0, look, max);
        if (look < n && anyBlind()) {
            greatest(look, n, part);
        } else {
            Arrays.fill(part, Float.NEGATIVE_INFINITY);
        }
        for (int i = 0; i < lanes; i++) {
            float m = max[i] > Float.NEGATIVE_INFINITY ? max[i] : part[i];
            if (sum[base + i] == 0 && m > Float.NEGATIVE_INFINITY) {
                neg[base + i] = minus(m);
            }
        }
    }

    /** Whether the first keys are all hidden from some lane. */
    private boolean anyBlind() {
        boolean blind = false;
        for (int i = 0; i < lanes; i++) {
            blind |= max[i] == Float.NEGATIVE_INFINITY;
        }
        return blind;
    }

    private void greatest(int from, int n, float[] result) {
        Arrays.fill(result, Float.NEGATIVE_INFINITY);
        columnMax(from, n, result);
    }

    private void raise(int group, int n) {
        greatest(0, n, max);
        for (int i = 0; i < lanes; i++) {
            int at = group * lanes + i;
            if (max[i] + neg[at] > rise) {
                float factor = (float) Math.pow(2, -(double) neg[at] - max[i]);
                neg[at] = minus(max[i]);
                sum[at] *= factor;
                rescale(group, i, factor);
            }
        }
    }

    /** An infinite score has no softmax: NaN for the whole row. */
    private static float minus(float max) {
        return max == Float.POSITIVE_INFINITY ? Float.NaN : -max;
    }

    /** Which of the first scores belong to hidden pairs. */
    static boolean[] hidden(float[] s, int count) {
        boolean[] hidden = new boolean[count];
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] = s[i] == Float.NEGATIVE_INFINITY;
        }
        return hidden;
    }

    private void addVisible(int group, int n, boolean[] hidden) {
        for (int i = 0; i < n * lanes; i++) {
            if (!hidden[i]) {
                addOne(group, i % lanes, i / lanes, s[i]);
            }
        }
    }

    /** 1 / Σ, or 0 for a lane that saw nothing. */
    final float inverseSum(int lane) {
        return sum[lane] == 0 ? 0 : 1 / sum[lane];
    }

    /** m in natural units; −∞ for a lane that saw nothing. */
    final float naturalMax(int lane) {
        return sum[lane] == 0 ? Float.NEGATIVE_INFINITY : (float) (-neg[lane] * LN_2);
    }

    /** m + ln Σ, natural. */
    final float logSumExp(int lane) {
        return sum[lane] == 0
                ? Float.NEGATIVE_INFINITY
                : (float) (-neg[lane] * LN_2 + Math.log(sum[lane]));
    }
}
