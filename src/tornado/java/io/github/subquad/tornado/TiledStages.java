package io.github.subquad.tornado;

import static io.github.subquad.tornado.DeviceExp2.exp2;
import static io.github.subquad.tornado.DeviceLanes.finite;
import static io.github.subquad.tornado.DeviceLanes.fma;
import static io.github.subquad.tornado.DeviceLanes.sum;
import static io.github.subquad.tornado.DeviceLanes.zero4;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/**
 * The stages of a key chunk after its {@link TiledScores}: maximum, weights, and the weighted sum
 * of the values, each a kernel over a score buffer [heads · queryCapacity, chunkCapacity]. Against
 * a work-item for every score, a work-item computes 8 rows × 8 keys (or channels) in registers of
 * four, so that each load serves eight products; keys are read from panels ({@link
 * KeyLayout#transposeKeys}). Products and sums are written lane by lane: these become fused
 * multiply-adds, those of whole vectors do not.
 *
 * <p>A block of eight rows looks at the keys that its last row sees; what its other rows do not see
 * is −∞ in the scores and 0 in the weights. {@link ChunkMerge} joins the chunks.
 */
final class TiledStages {

    /** Float4 of value channels of a work-item. */
    static final int CHANNELS4 = 2;

    private static final int BATCH = 64;
    private static final float LOG2_E = 1.44269504f;

    private TiledStages() {}

    /**
     * The greatest score of each row of the chunk, −∞ if it sees no key. Grid: heads ·
     * queryCapacity.
     */
    static void tiledRowMax(
            VectorFloat4 scores,
            FloatArray maxScore,
            IntArray frame,
            int queryCapacity,
            int heads,
            int chunkCapacity) {
        for (@Parallel int row = 0; row < heads * queryCapacity; row++) {
            int block = row % queryCapacity / TiledScores.ROWS * TiledScores.ROWS;
            int end = TiledScores.visibleKeys(frame, row / queryCapacity, block);
            int from = row * (chunkCapacity / 4);
            float m0 = Float.NEGATIVE_INFINITY;
            float m1 = Float.NEGATIVE_INFINITY;
            float m2 = Float.NEGATIVE_INFINITY;
            float m3 = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < end; j += 4) {
                Float4 s = scores.get(from + j / 4);
                m0 = TornadoMath.max(m0, s.get(0));
                m1 = TornadoMath.max(m1, s.get(1));
                m2 = TornadoMath.max(m2, s.get(2));
                m3 = TornadoMath.max(m3, s.get(3));
            }
            maxScore.set(row, TornadoMath.max(TornadoMath.max(m0, m1), TornadoMath.max(m2, m3)));
        }
    }

    /**
     * scores become weights, exp(score − maximum), and weightsSum the sum of each row's. Grid:
     * heads · queryCapacity. A batch of scores is copied to a private array, over which the
     * exponential is vector code.
     */
    static void tiledWeights(
            VectorFloat4 scores,
            FloatArray maxScore,
            FloatArray weightsSum,
            IntArray frame,
            int queryCapacity,
            int heads,
            int chunkCapacity) {
        for (@Parallel int row = 0; row < heads * queryCapacity; row++) {
            float[] weights = new float[BATCH];
            int block = row % queryCapacity / TiledScores.ROWS * TiledScores.ROWS;
            int end = TiledScores.visibleKeys(frame, row / queryCapacity, block);
            float m = maxScore.get(row);
            float shift = finite(m);
            float sum = 0f;
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
                    weights[j] = exp2((weights[j] - shift) * LOG2_E);
                }
                Float4 total = zero4();
                for (int j = 0; j < last; j += 4) {
                    Float4 w =
                            new Float4(weights[j], weights[j + 1], weights[j + 2], weights[j + 3]);
                    scores.set(at + j / 4, w);
                    total = Float4.add(total, w);
                }
                sum += sum(total);
            }
            weightsSum.set(row, sum);
        }
    }

    /**
     * expValues [heads · queryCapacity, 4·dv4] = weights · value over the chunk. Grid: x = heads ·
     * queryCapacity / 8, y = dv4 / 2, rounded up. Sums over {@value #BATCH} keys start from zero,
     * which keeps the rounding of long chunks down.
     */
    static void tiledWeightedSum(
            VectorFloat4 weights,
            VectorFloat4 value,
            VectorFloat4 expValues,
            IntArray frame,
            int queryCapacity,
            int heads,
            int keyCapacity,
            int chunkCapacity,
            int dv4) {
        for (@Parallel int block = 0; block < heads * queryCapacity / TiledScores.ROWS; block++) {
            for (@Parallel int column = 0; column < (dv4 + CHANNELS4 - 1) / CHANNELS4; column++) {
                int row = block * TiledScores.ROWS;
                int head = row / queryCapacity;
                int end = TiledScores.visibleKeys(frame, head, row % queryCapacity);
                int c0 = column * CHANNELS4;
                int c1 = Math.min(c0 + 1, dv4 - 1);
                boolean two = c0 + 1 < dv4;
                int out = row * dv4 + c0;
                int v =
                        (head / frame.get(Frame.GROUP) * keyCapacity + frame.get(Frame.FIRST_KEY))
                                * dv4;
                int step = chunkCapacity / 4;
                for (int r = 0; r < TiledScores.ROWS; r++) {
                    expValues.set(out + r * dv4, zero4());
                    expValues.set(out + r * dv4 + c1 - c0, zero4());
                }
                for (int batch = 0; batch < end; batch += BATCH) {
                    int last = Math.min(BATCH, end - batch);
                    Float4 o00 = zero4(), o01 = zero4(), o10 = zero4(), o11 = zero4();
                    Float4 o20 = zero4(), o21 = zero4(), o30 = zero4(), o31 = zero4();
                    Float4 o40 = zero4(), o41 = zero4(), o50 = zero4(), o51 = zero4();
                    Float4 o60 = zero4(), o61 = zero4(), o70 = zero4(), o71 = zero4();

                    for (int j = batch; j < batch + last; j += 4) {
                        int w = row * step + j / 4;
                        Float4 w0 = weights.get(w), w1 = weights.get(w + 1 * step);
                        Float4 w2 = weights.get(w + 2 * step), w3 = weights.get(w + 3 * step);
                        Float4 w4 = weights.get(w + 4 * step), w5 = weights.get(w + 5 * step);
                        Float4 w6 = weights.get(w + 6 * step), w7 = weights.get(w + 7 * step);
                        Float4 v00 = value.get(v + (j + 0) * dv4 + c0);
                        Float4 v01 = value.get(v + (j + 0) * dv4 + c1);
                        o00 = fma(o00, v00, w0.get(0));
                        o01 = fma(o01, v01, w0.get(0));
                        o10 = fma(o10, v00, w1.get(0));
                        o11 = fma(o11, v01, w1.get(0));
                        o20 = fma(o20, v00, w2.get(0));
                        o21 = fma(o21, v01, w2.get(0));
                        o30 = fma(o30, v00, w3.get(0));
                        o31 = fma(o31, v01, w3.get(0));
                        o40 = fma(o40, v00, w4.get(0));
                        o41 = fma(o41, v01, w4.get(0));
                        o50 = fma(o50, v00, w5.get(0));
                        o51 = fma(o51, v01, w5.get(0));
                        o60 = fma(o60, v00, w6.get(0));
                        o61 = fma(o61, v01, w6.get(0));
                        o70 = fma(o70, v00, w7.get(0));
                        o71 = fma(o71, v01, w7.get(0));
                        Float4 v10 = value.get(v + (j + 1) * dv4 + c0);
                        Float4 v11 = value.get(v + (j + 1) * dv4 + c1);
                        o00 = fma(o00, v10, w0.get(1));
                        o01 = fma(o01, v11, w0.get(1));
                        o10 = fma(o10, v10, w1.get(1));
                        o11 = fma(o11, v11, w1.get(1));
                        o20 = fma(o20, v10, w2.get(1));
                        o21 = fma(o21, v11, w2.get(1));
                        o30 = fma(o30, v10, w3.get(1));
                        o31 = fma(o31, v11, w3.get(1));
                        o40 = fma(o40, v10, w4.get(1));
                        o41 = fma(o41, v11, w4.get(1));
                        o50 = fma(o50, v10, w5.get(1));
                        o51 = fma(o51, v11, w5.get(1));
                        o60 = fma(o60, v10, w6.get(1));
                        o61 = fma(o61, v11, w6.get(1));
                        o70 = fma(o70, v10, w7.get(1));
                        o71 = fma(o71, v11, w7.get(1));
                        Float4 v20 = value.get(v + (j + 2) * dv4 + c0);
                        Float4 v21 = value.get(v + (j + 2) * dv4 + c1);
                        o00 = fma(o00, v20, w0.get(2));
                        o01 = fma(o01, v21, w0.get(2));
                        o10 = fma(o10, v20, w1.get(2));
                        o11 = fma(o11, v21, w1.get(2));
                        o20 = fma(o20, v20, w2.get(2));
                        o21 = fma(o21, v21, w2.get(2));
                        o30 = fma(o30, v20, w3.get(2));
                        o31 = fma(o31, v21, w3.get(2));
                        o40 = fma(o40, v20, w4.get(2));
                        o41 = fma(o41, v21, w4.get(2));
                        o50 = fma(o50, v20, w5.get(2));
                        o51 = fma(o51, v21, w5.get(2));
                        o60 = fma(o60, v20, w6.get(2));
                        o61 = fma(o61, v21, w6.get(2));
                        o70 = fma(o70, v20, w7.get(2));
                        o71 = fma(o71, v21, w7.get(2));
                        Float4 v30 = value.get(v + (j + 3) * dv4 + c0);
                        Float4 v31 = value.get(v + (j + 3) * dv4 + c1);
                        o00 = fma(o00, v30, w0.get(3));
                        o01 = fma(o01, v31, w0.get(3));
                        o10 = fma(o10, v30, w1.get(3));
                        o11 = fma(o11, v31, w1.get(3));
                        o20 = fma(o20, v30, w2.get(3));
                        o21 = fma(o21, v31, w2.get(3));
                        o30 = fma(o30, v30, w3.get(3));
                        o31 = fma(o31, v31, w3.get(3));
                        o40 = fma(o40, v30, w4.get(3));
                        o41 = fma(o41, v31, w4.get(3));
                        o50 = fma(o50, v30, w5.get(3));
                        o51 = fma(o51, v31, w5.get(3));
                        o60 = fma(o60, v30, w6.get(3));
                        o61 = fma(o61, v31, w6.get(3));
                        o70 = fma(o70, v30, w7.get(3));
                        o71 = fma(o71, v31, w7.get(3));
                    }
                    add(expValues, out, o00, true);
                    add(expValues, out + 1, o01, two);
                    add(expValues, out + 1 * dv4, o10, true);
                    add(expValues, out + 1 * dv4 + 1, o11, two);
                    add(expValues, out + 2 * dv4, o20, true);
                    add(expValues, out + 2 * dv4 + 1, o21, two);
                    add(expValues, out + 3 * dv4, o30, true);
                    add(expValues, out + 3 * dv4 + 1, o31, two);
                    add(expValues, out + 4 * dv4, o40, true);
                    add(expValues, out + 4 * dv4 + 1, o41, two);
                    add(expValues, out + 5 * dv4, o50, true);
                    add(expValues, out + 5 * dv4 + 1, o51, two);
                    add(expValues, out + 6 * dv4, o60, true);
                    add(expValues, out + 6 * dv4 + 1, o61, two);
                    add(expValues, out + 7 * dv4, o70, true);
                    add(expValues, out + 7 * dv4 + 1, o71, two);
                }
            }
        }
    }

    private static void add(VectorFloat4 a, int at, Float4 x, boolean wanted) {
        if (wanted) {
            a.set(at, Float4.add(a.get(at), x));
        }
    }
}
