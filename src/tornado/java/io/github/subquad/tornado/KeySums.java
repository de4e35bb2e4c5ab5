package io.github.subquad.tornado;

import static io.github.subquad.tornado.DeviceLanes.fma;
import static io.github.subquad.tornado.DeviceLanes.zero4;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/**
 * Sums over the queries for each key, as gradients of keys and values are: 8 keys × 8 channels a
 * work-item in registers of four. One work-item sums all query heads of a key head, in their order,
 * so that nothing is added by two.
 */
final class KeySums {
    /** Float4 of channels of a work-item. */
    static final int WIDTH4 = 2;

    private static final int BATCH = 64;

    private KeySums() {}

    /**
     * sums [keyHeads · keyCapacity, 4·width4] += factor · weightsᵀ · rows over the query heads of
     * each key head; weights are 0 where a pair is hidden. Grid: x = keyHeads · chunkCapacity / 8,
     * y = width4 / 2, rounded up. Sums over {@value #BATCH} queries start from zero, which keeps
     * the rounding of many queries down.
     */
    static void tiledKeySums(
            VectorFloat4 weights,
            VectorFloat4 rows,
            VectorFloat4 sums,
            FloatArray factor,
            IntArray frame,
            int queryCapacity,
            int keyHeads,
            int keyCapacity,
            int chunkCapacity,
            int width4) {
        for (@Parallel int block = 0;
                block < keyHeads * chunkCapacity / TiledScores.KEYS;
                block++) {
            for (@Parallel int column = 0; column < (width4 + WIDTH4 - 1) / WIDTH4; column++) {
                int keyHead = block * TiledScores.KEYS / chunkCapacity;
                int j = block * TiledScores.KEYS % chunkCapacity;
                int group = frame.get(Frame.GROUP);
                int keys = keyHead * group < frame.get(Frame.HEADS) ? frame.get(Frame.KEYS) : 0;
                int queries = j < keys ? frame.get(Frame.QUERIES) : 0;
                int first = TiledScores.firstSeeing(frame, j);
                int c0 = column * WIDTH4;
                int c1 = Math.min(c0 + 1, width4 - 1);
                boolean two = c0 + 1 < width4;
                int to = (keyHead * keyCapacity + frame.get(Frame.FIRST_KEY) + j) * width4 + c0;
                float scale = factor.get(0);
                int step = chunkCapacity / 4;
                for (int g = 0; g < group; g++) {
                    int head = (keyHead * group + g) * queryCapacity;
                    for (int batch = first; batch < queries; batch += BATCH) {
                        int last = Math.min(batch + BATCH, queries);
                        Float4 a00 = zero4(), a01 = zero4();
                        Float4 a10 = zero4(), a11 = zero4();
                        Float4 a20 = zero4(), a21 = zero4();
                        Float4 a30 = zero4(), a31 = zero4();
                        Float4 a40 = zero4(), a41 = zero4();
                        Float4 a50 = zero4(), a51 = zero4();
                        Float4 a60 = zero4(), a61 = zero4();
                        Float4 a70 = zero4(), a71 = zero4();
                        for (int i = batch; i < last; i++) {
                            int w = (head + i) * step + j / 4;
                            Float4 w0 = weights.get(w), w1 = weights.get(w + 1);
                            Float4 r0 = rows.get((head + i) * width4 + c0);
                            Float4 r1 = rows.get((head + i) * width4 + c1);
                            a00 = fma(a00, r0, w0.get(0));
                            a01 = fma(a01, r1, w0.get(0));
                            a10 = fma(a10, r0, w0.get(1));
                            a11 = fma(a11, r1, w0.get(1));
                            a20 = fma(a20, r0, w0.get(2));
                            a21 = fma(a21, r1, w0.get(2));
                            a30 = fma(a30, r0, w0.get(3));
                            a31 = fma(a31, r1, w0.get(3));
                            a40 = fma(a40, r0, w1.get(0));
                            a41 = fma(a41, r1, w1.get(0));
                            a50 = fma(a50, r0, w1.get(1));
                            a51 = fma(a51, r1, w1.get(1));
                            a60 = fma(a60, r0, w1.get(2));
                            a61 = fma(a61, r1, w1.get(2));
                            a70 = fma(a70, r0, w1.get(3));
                            a71 = fma(a71, r1, w1.get(3));
                        }
                        add(sums, to, a00, scale, true);
                        add(sums, to + 1, a01, scale, two);
                        add(sums, to + width4, a10, scale, true);
                        add(sums, to + width4 + 1, a11, scale, two);
                        add(sums, to + 2 * width4, a20, scale, true);
                        add(sums, to + 2 * width4 + 1, a21, scale, two);
                        add(sums, to + 3 * width4, a30, scale, true);
                        add(sums, to + 3 * width4 + 1, a31, scale, two);
                        add(sums, to + 4 * width4, a40, scale, true);
                        add(sums, to + 4 * width4 + 1, a41, scale, two);
                        add(sums, to + 5 * width4, a50, scale, true);
                        add(sums, to + 5 * width4 + 1, a51, scale, two);
                        add(sums, to + 6 * width4, a60, scale, true);
                        add(sums, to + 6 * width4 + 1, a61, scale, two);
                        add(sums, to + 7 * width4, a70, scale, true);
                        add(sums, to + 7 * width4 + 1, a71, scale, two);
                    }
                }
            }
        }
    }

    private static void add(VectorFloat4 a, int at, Float4 x, float factor, boolean wanted) {
        if (wanted) {
            a.set(at, fma(a.get(at), x, factor));
        }
    }
}
