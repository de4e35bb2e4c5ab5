package io.github.subquad.tornado;

import static io.github.subquad.tornado.DeviceLanes.biased;
import static io.github.subquad.tornado.DeviceLanes.fma;
import static io.github.subquad.tornado.DeviceLanes.zero4;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/**
 * The first of the stages: scores of a key chunk, 8 rows × 8 keys a work-item. See {@link
 * TiledStages}.
 */
final class TiledScores {

    /** Query rows of a work-item; queryCapacity must be a multiple. */
    static final int ROWS = 8;

    /** Keys of a work-item; chunkCapacity and every chunk's first key must be multiples. */
    static final int KEYS = 8;

    private TiledScores() {}

    /**
     * scores = scale · query · keyᵀ + mask; −∞ where a pair is hidden. Grid: x = heads ·
     * queryCapacity / 8, y = chunkCapacity / 8; blocks that no row sees are skipped and keep what
     * they held.
     */
    static void tiledScores(
            VectorFloat4 query,
            VectorFloat4 keyT,
            FloatArray mask,
            VectorFloat4 scores,
            FloatArray scale,
            IntArray frame,
            int queryCapacity,
            int heads,
            int keyCapacity,
            int chunkCapacity,
            int d4,
            int masked) {
        for (@Parallel int block = 0; block < heads * queryCapacity / ROWS; block++) {
            for (@Parallel int column = 0; column < chunkCapacity / KEYS; column++) {
                int row = block * ROWS;
                int head = row / queryCapacity;
                int i = row % queryCapacity;
                int j = column * KEYS;
                int end = visibleKeys(frame, head, i);
                if (j < end) {
                    int key = frame.get(Frame.FIRST_KEY) + j;
                    int panel = key / KeyLayout.PANEL * KeyLayout.PANEL;
                    int k =
                            (head / frame.get(Frame.GROUP) * keyCapacity + panel) * d4
                                    + (key - panel) / 4;
                    int q = row * d4;
                    int to = (row * chunkCapacity + j) / 4;
                    Float4 s00 = zero4(), s01 = zero4(), s10 = zero4(), s11 = zero4();
                    Float4 s20 = zero4(), s21 = zero4(), s30 = zero4(), s31 = zero4();
                    Float4 s40 = zero4(), s41 = zero4(), s50 = zero4(), s51 = zero4();
                    Float4 s60 = zero4(), s61 = zero4(), s70 = zero4(), s71 = zero4();
                    for (int c = 0; c < d4; c++) {
                        Float4 q0 = query.get(q + c), q1 = query.get(q + d4 + c);
                        Float4 q2 = query.get(q + 2 * d4 + c), q3 = query.get(q + 3 * d4 + c);
                        Float4 q4 = query.get(q + 4 * d4 + c), q5 = query.get(q + 5 * d4 + c);
                        Float4 q6 = query.get(q + 6 * d4 + c), q7 = query.get(q + 7 * d4 + c);
                        int at0 = k + c * 16;
                        Float4 k00 = keyT.get(at0 + 0);
                        Float4 k01 = keyT.get(at0 + 1);
                        s00 = fma(s00, k00, q0.get(0));
                        s01 = fma(s01, k01, q0.get(0));
                        s10 = fma(s10, k00, q1.get(0));
                        s11 = fma(s11, k01, q1.get(0));
                        s20 = fma(s20, k00, q2.get(0));
                        s21 = fma(s21, k01, q2.get(0));
                        s30 = fma(s30, k00, q3.get(0));
                        s31 = fma(s31, k01, q3.get(0));
                        s40 = fma(s40, k00, q4.get(0));
                        s41 = fma(s41, k01, q4.get(0));
                        s50 = fma(s50, k00, q5.get(0));
                        s51 = fma(s51, k01, q5.get(0));
                        s60 = fma(s60, k00, q6.get(0));
                        s61 = fma(s61, k01, q6.get(0));
                        s70 = fma(s70, k00, q7.get(0));
                        s71 = fma(s71, k01, q7.get(0));
                        int at1 = k + c * 16 + 1 * 4;
                        Float4 k10 = keyT.get(at1 + 0);
                        Float4 k11 = keyT.get(at1 + 1);
                        s00 = fma(s00, k10, q0.get(1));
                        s01 = fma(s01, k11, q0.get(1));
                        s10 = fma(s10, k10, q1.get(1));
                        s11 = fma(s11, k11, q1.get(1));
                        s20 = fma(s20, k10, q2.get(1));
                        s21 = fma(s21, k11, q2.get(1));
                        s30 = fma(s30, k10, q3.get(1));
                        s31 = fma(s31, k11, q3.get(1));
                        s40 = fma(s40, k10, q4.get(1));
                        s41 = fma(s41, k11, q4.get(1));
                        s50 = fma(s50, k10, q5.get(1));
                        s51 = fma(s51, k11, q5.get(1));
                        s60 = fma(s60, k10, q6.get(1));
                        s61 = fma(s61, k11, q6.get(1));
                        s70 = fma(s70, k10, q7.get(1));
                        s71 = fma(s71, k11, q7.get(1));
                        int at2 = k + c * 16 + 2 * 4;
                        Float4 k20 = keyT.get(at2 + 0);
                        Float4 k21 = keyT.get(at2 + 1);
                        s00 = fma(s00, k20, q0.get(2));
                        s01 = fma(s01, k21, q0.get(2));
                        s10 = fma(s10, k20, q1.get(2));
                        s11 = fma(s11, k21, q1.get(2));
                        s20 = fma(s20, k20, q2.get(2));
                        s21 = fma(s21, k21, q2.get(2));
                        s30 = fma(s30, k20, q3.get(2));
                        s31 = fma(s31, k21, q3.get(2));
                        s40 = fma(s40, k20, q4.get(2));
                        s41 = fma(s41, k21, q4.get(2));
                        s50 = fma(s50, k20, q5.get(2));
                        s51 = fma(s51, k21, q5.get(2));
                        s60 = fma(s60, k20, q6.get(2));
                        s61 = fma(s61, k21, q6.get(2));
                        s70 = fma(s70, k20, q7.get(2));
                        s71 = fma(s71, k21, q7.get(2));
                        int at3 = k + c * 16 + 3 * 4;
                        Float4 k30 = keyT.get(at3 + 0);
                        Float4 k31 = keyT.get(at3 + 1);
                        s00 = fma(s00, k30, q0.get(3));
                        s01 = fma(s01, k31, q0.get(3));
                        s10 = fma(s10, k30, q1.get(3));
                        s11 = fma(s11, k31, q1.get(3));
                        s20 = fma(s20, k30, q2.get(3));
                        s21 = fma(s21, k31, q2.get(3));
                        s30 = fma(s30, k30, q3.get(3));
                        s31 = fma(s31, k31, q3.get(3));
                        s40 = fma(s40, k30, q4.get(3));
                        s41 = fma(s41, k31, q4.get(3));
                        s50 = fma(s50, k30, q5.get(3));
                        s51 = fma(s51, k31, q5.get(3));
                        s60 = fma(s60, k30, q6.get(3));
                        s61 = fma(s61, k31, q6.get(3));
                        s70 = fma(s70, k30, q7.get(3));
                        s71 = fma(s71, k31, q7.get(3));
                    }
                    float factor = scale.get(0);
                    scores.set(to, Float4.mult(s00, factor));
                    scores.set(to + 1, Float4.mult(s01, factor));
                    scores.set(to + 1 * chunkCapacity / 4, Float4.mult(s10, factor));
                    scores.set(to + 1 * chunkCapacity / 4 + 1, Float4.mult(s11, factor));
                    scores.set(to + 2 * chunkCapacity / 4, Float4.mult(s20, factor));
                    scores.set(to + 2 * chunkCapacity / 4 + 1, Float4.mult(s21, factor));
                    scores.set(to + 3 * chunkCapacity / 4, Float4.mult(s30, factor));
                    scores.set(to + 3 * chunkCapacity / 4 + 1, Float4.mult(s31, factor));
                    scores.set(to + 4 * chunkCapacity / 4, Float4.mult(s40, factor));
                    scores.set(to + 4 * chunkCapacity / 4 + 1, Float4.mult(s41, factor));
                    scores.set(to + 5 * chunkCapacity / 4, Float4.mult(s50, factor));
                    scores.set(to + 5 * chunkCapacity / 4 + 1, Float4.mult(s51, factor));
                    scores.set(to + 6 * chunkCapacity / 4, Float4.mult(s60, factor));
                    scores.set(to + 6 * chunkCapacity / 4 + 1, Float4.mult(s61, factor));
                    scores.set(to + 7 * chunkCapacity / 4, Float4.mult(s70, factor));
                    scores.set(to + 7 * chunkCapacity / 4 + 1, Float4.mult(s71, factor));

                    int plain =
                            (1 - masked) * Math.min(frame.get(Frame.KEYS), i + 1 + diagonal(frame));
                    if (j + KEYS > plain) {
                        int maskAt =
                                frame.get(Frame.MASK_OFFSET)
                                        + head
                                                / frame.get(Frame.HEADS_PER_BATCH)
                                                * frame.get(Frame.MASK_BATCH_STRIDE)
                                        + head
                                                % frame.get(Frame.HEADS_PER_BATCH)
                                                * frame.get(Frame.MASK_HEAD_STRIDE)
                                        + frame.get(Frame.FIRST_KEY);
                        for (int r = 0; r < ROWS; r++) {
                            int visible =
                                    Math.min(frame.get(Frame.KEYS), i + r + 1 + diagonal(frame));
                            int from =
                                    maskAt
                                            + Math.min(i + r, frame.get(Frame.QUERIES) - 1)
                                                    * frame.get(Frame.MASK_QUERY_STRIDE);
                            int past = from + frame.get(Frame.KEYS) - 1;
                            for (int x = 0; x < KEYS / 4; x++) {
                                Float4 s = scores.get(to + r * chunkCapacity / 4 + x);
                                float s0 = s.get(0);
                                float s1 = s.get(1);
                                float s2 = s.get(2);
                                float s3 = s.get(3);
                                int at = j + x * 4;
                                if (masked == 1) {
                                    s0 = biased(s0, mask.get(Math.min(from + at, past)));
                                    s1 = biased(s1, mask.get(Math.min(from + at + 1, past)));
                                    s2 = biased(s2, mask.get(Math.min(from + at + 2, past)));
                                    s3 = biased(s3, mask.get(Math.min(from + at + 3, past)));
                                }
                                s0 = at < visible ? s0 : Float.NEGATIVE_INFINITY;
                                s1 = at + 1 < visible ? s1 : Float.NEGATIVE_INFINITY;
                                s2 = at + 2 < visible ? s2 : Float.NEGATIVE_INFINITY;
                                s3 = at + 3 < visible ? s3 : Float.NEGATIVE_INFINITY;
                                scores.set(
                                        to + r * chunkCapacity / 4 + x, new Float4(s0, s1, s2, s3));
                            }
                        }
                    }
                }
            }
        }
    }

    /** Keys of the chunk that some row of the block at i sees; 0 for rows that nobody asked for. */
    static int visibleKeys(IntArray frame, int head, int i) {
        int wanted = head < frame.get(Frame.HEADS) ? frame.get(Frame.QUERIES) : 0;
        int end = Math.min(frame.get(Frame.KEYS), i + ROWS + diagonal(frame));
        return i < wanted ? end : 0;
    }

    /** The first row of a block that sees a key of the tile at j. */
    static int firstSeeing(IntArray frame, int j) {
        return Math.max(0, j - diagonal(frame)) / ROWS * ROWS;
    }

    /** The diagonal counted from the chunk's first key, held where no sum with it overflows. */
    private static int diagonal(IntArray frame) {
        return Math.max(
                        Math.min(
                                frame.get(Frame.DIAGONAL),
                                frame.get(Frame.FIRST_KEY) + frame.get(Frame.KEYS)),
                        -(1 << 30))
                - frame.get(Frame.FIRST_KEY);
    }
}
