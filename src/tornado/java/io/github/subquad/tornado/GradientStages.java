package io.github.subquad.tornado;

import static io.github.subquad.tornado.DeviceExp2.exp2;
import static io.github.subquad.tornado.DeviceLanes.finiteOrZero;
import static io.github.subquad.tornado.DeviceLanes.fma;
import static io.github.subquad.tornado.DeviceLanes.zero4;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/**
 * The stages of a backward pass that work on single rows; products are those of {@link
 * TiledScores}, {@link TiledStages#tiledWeightedSum} and {@link KeySums}. Buffers of weights and of
 * gradients of scores are [heads · queryCapacity, chunkCapacity].
 *
 * <p>A hidden pair contributes nothing, whatever its query, key and value hold: its weight is
 * {@link #HIDDEN} until the gradient of its score is known to be 0, and what weights of 0 meet in
 * sums is finite.
 */
final class GradientStages {
    /** In place of a weight, which is never negative. A visible one may be as small as 0. */
    static final float HIDDEN = -1f;

    private static final int BATCH = 64;
    private static final float LOG2_E = 1.44269504f;

    private GradientStages() {}

    /** Gradients of keys and values begin at zero. Grid: key heads · keyCapacity. */
    static void clearGradients(
            VectorFloat4 gradKey, VectorFloat4 gradValue, int keys, int d4, int dv4) {
        for (@Parallel int key = 0; key < keys; key++) {
            for (int c = key * d4; c < key * d4 + d4; c++) {
                gradKey.set(c, zero4());
            }
            for (int c = key * dv4; c < key * dv4 + dv4; c++) {
                gradValue.set(c, zero4());
            }
        }
    }

    /** NaN and infinities become 0, after scores were taken from them. Grid: rows. */
    static void finiteRows(VectorFloat4 numbers, int rows, int width4) {
        for (@Parallel int row = 0; row < rows; row++) {
            for (int c = row * width4; c < row * width4 + width4; c++) {
                numbers.set(c, finiteOrZero(numbers.get(c)));
            }
        }
    }

    /**
     * Queries for the gradient of keys, finite, and a gradient of the queries that begins at zero.
     * Grid: heads · queryCapacity.
     */
    static void prepareQueries(
            VectorFloat4 query,
            VectorFloat4 finiteQuery,
            VectorFloat4 gradQuery,
            int rows,
            int width4) {
        for (@Parallel int row = 0; row < rows; row++) {
            for (int c = row * width4; c < row * width4 + width4; c++) {
                finiteQuery.set(c, finiteOrZero(query.get(c)));
                gradQuery.set(c, zero4());
            }
        }
    }

    /**
     * The first numbers of buffers that later graphs write: TornadoVM allocates for a graph what
     * its tasks use, and graphs that take turns must find the same buffers. Grid: rows.
     */
    static void claimBuffers(
            VectorFloat4 partOfQuery, VectorFloat4 weights, VectorFloat4 gradScores, int rows) {
        for (@Parallel int row = 0; row < rows; row++) {
            partOfQuery.set(row, zero4());
            weights.set(row, zero4());
            gradScores.set(row, zero4());
        }
    }

    /**
     * Scores become weights, p = exp(s − logSumExp), {@link #HIDDEN} where the score is −∞. Grid:
     * heads · queryCapacity.
     */
    static void recomputeWeights(
            VectorFloat4 scores,
            FloatArray logSumExp,
            IntArray frame,
            int queryCapacity,
            int heads,
            int chunkCapacity) {
        for (@Parallel int row = 0; row < heads * queryCapacity; row++) {
            float[] weights = new float[BATCH];
            int end = columns(frame, row / queryCapacity, row % queryCapacity);
            float log = logSumExp.get(row);
            // A row that saw no key in the forward pass weighs none now.
            float shift = log == Float.NEGATIVE_INFINITY ? Float.POSITIVE_INFINITY : log;
            for (int batch = 0; batch < end; batch += BATCH) {
                int last = Math.min(BATCH, end - batch);
                int at = (row * chunkCapacity + batch) / 4;
                for (int j = 0; j < last; j += 4) {
                    Float4 s = scores.get(at + j / 4);
                    weights[j] = s.get(0);
                    weights[j + 1] = s.get(1);
                    weights[j + 2] = s.get(2);
                    weights[j + 3] = s.get(3);
                }
                for (int j = 0; j < BATCH; j++) {
                    float s = weights[j];
                    float x = (s - shift) * LOG2_E;
                    float w = exp2(x > 0f ? 0f : x); // above 0 by rounding alone
                    weights[j] = s == Float.NEGATIVE_INFINITY ? HIDDEN : w;
                }
                for (int j = 0; j < last; j += 4) {
                    scores.set(
                            at + j / 4,
                            new Float4(weights[j], weights[j + 1], weights[j + 2], weights[j + 3]));
                }
            }
        }
    }

    /**
     * Weights that the forward pass kept, exp(s − maximum of the chunk), become p; one of 0 counts
     * as hidden, and so does a score of −∞ that lies where no weight was asked for. Grid: heads ·
     * queryCapacity.
     */
    static void restoreWeights(
            VectorFloat4 kept,
            FloatArray maxScore,
            FloatArray logSumExp,
            VectorFloat4 weights,
            IntArray frame,
            int queryCapacity,
            int heads,
            int chunkCapacity) {
        for (@Parallel int row = 0; row < heads * queryCapacity; row++) {
            int end = columns(frame, row / queryCapacity, row % queryCapacity);
            float max = maxScore.get(row);
            float log = logSumExp.get(row);
            float factor = TornadoMath.exp(max - log);
            for (int j = 0; j < end; j += 4) {
                int at = (row * chunkCapacity + j) / 4;
                Float4 w = kept.get(at);
                float p0 = w.get(0) <= 0f ? HIDDEN : w.get(0) * factor;
                float p1 = w.get(1) <= 0f ? HIDDEN : w.get(1) * factor;
                float p2 = w.get(2) <= 0f ? HIDDEN : w.get(2) * factor;
                float p3 = w.get(3) <= 0f ? HIDDEN : w.get(3) * factor;
                weights.set(at, new Float4(p0, p1, p2, p3));
            }
        }
    }

    /**
     * Gradients of weights, gradOutput · valueᵀ, become those of scores, p ∘ (dP − delta); both are
     * 0 where a pair is hidden. Grid: heads · queryCapacity.
     */
    static void scoreGradients(
            VectorFloat4 weights,
            VectorFloat4 gradScore,
            FloatArray delta,
            IntArray frame,
            int queryCapacity,
            int heads,
            int chunkCapacity) {
        for (@Parallel int row = 0; row < heads * queryCapacity; row++) {
            int end = columns(frame, row / queryCapacity, row % queryCapacity);
            float shift = delta.get(row);
            for (int j = 0; j < end; j += 4) {
                int at = (row * chunkCapacity + j) / 4;
                Float4 p = weights.get(at);
                Float4 d = gradScore.get(at);
                float p0 = p.get(0) < 0f ? 0f : p.get(0);
                float p1 = p.get(1) < 0f ? 0f : p.get(1);
                float p2 = p.get(2) < 0f ? 0f : p.get(2);
                float p3 = p.get(3) < 0f ? 0f : p.get(3);
                float d0 = p.get(0) < 0f ? 0f : p0 * (d.get(0) - shift);
                float d1 = p.get(1) < 0f ? 0f : p1 * (d.get(1) - shift);
                float d2 = p.get(2) < 0f ? 0f : p2 * (d.get(2) - shift);
                float d3 = p.get(3) < 0f ? 0f : p3 * (d.get(3) - shift);
                weights.set(at, new Float4(p0, p1, p2, p3));
                gradScore.set(at, new Float4(d0, d1, d2, d3));
            }
            int whole = frame.get(Frame.WHOLE) * frame.get(Frame.KEYS);
            for (int j = end; j < whole; j += 4) {
                gradScore.set((row * chunkCapacity + j) / 4, zero4());
            }
        }
    }

    /** sums += factor · rows. Grid: heads · queryCapacity. */
    static void addScaledRows(
            VectorFloat4 rows, VectorFloat4 sums, FloatArray factor, int count, int width4) {
        for (@Parallel int row = 0; row < count; row++) {
            float scale = factor.get(0);
            for (int c = row * width4; c < row * width4 + width4; c++) {
                sums.set(c, fma(sums.get(c), rows.get(c), scale));
            }
        }
    }

    /** Scores of a row that {@link TiledScores} wrote: whole tiles. */
    private static int columns(IntArray frame, int head, int i) {
        int block = i / TiledScores.ROWS * TiledScores.ROWS;
        int end = TiledScores.visibleKeys(frame, head, block);
        return (Math.max(end, 0) + TiledScores.KEYS - 1) / TiledScores.KEYS * TiledScores.KEYS;
    }
}
