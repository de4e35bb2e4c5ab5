package io.github.subquad.tornado;

import static io.github.subquad.tornado.DeviceExp2.exp2;
import static io.github.subquad.tornado.DeviceLanes.eight;
import static io.github.subquad.tornado.DeviceLanes.fma;
import static io.github.subquad.tornado.DeviceLanes.join;
import static io.github.subquad.tornado.DeviceLanes.join4;
import static io.github.subquad.tornado.DeviceLanes.put;
import static io.github.subquad.tornado.DeviceLanes.zero;
import static io.github.subquad.tornado.DeviceLanes.zero4;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;
import uk.ac.manchester.tornado.api.types.vectors.Float8;

/**
 * Fused attention for CPU devices: a work-item computes {@value #ROWS} query rows from their first
 * key to their last, no local memory and no barrier. Scores never leave the work-item: {@value
 * #KEYS} keys at a time they lie in a private array, become weights there and are spent on the
 * values. Float8 registers make it a form for OpenCL alone; CUDA has no vectors of eight.
 *
 * <p>Against the staged form it needs no score buffer. What made it fast: Float8 registers; 2^x in
 * plain arithmetic ({@link DeviceExp2}) over a private array; keys in panels; sums written lane by
 * lane, which become fused multiply-adds as whole vectors do not; whole vectors for what those sums
 * read.
 */
final class FusedRows {

    /** Query rows of a work-item; queryCapacity must be a multiple. */
    static final int ROWS = 8;

    /** Keys of a score tile; keyCapacity must be a multiple. */
    static final int KEYS = 64;

    private static final float LOG2_E = 1.44269504f;
    private static final float LN_2 = 0.693147181f;

    private FusedRows() {}

    /**
     * output = softmax(scale · query · keyᵀ + mask) · value, and the natural logarithm of each
     * row's sum. Grid: heads · queryCapacity / 8 work-items, groups of 1 to 16.
     *
     * <p>query is multiplied by scale · log2(e) once, so that scores are powers of two. Tiles above
     * the diagonal are not computed; only tiles on it, with a mask, or at the ragged end look at
     * each pair. Values are summed over a tile from zero and then joined to the output, which keeps
     * the rounding of long rows down. A lane's NaN stays in its row.
     */
    static void fusedRows(
            VectorFloat4 query,
            VectorFloat4 keyT,
            VectorFloat4 value,
            FloatArray mask,
            VectorFloat4 output,
            FloatArray logSumExp,
            FloatArray scale,
            IntArray frame,
            int queryCapacity,
            int heads,
            int keyCapacity,
            int d4,
            int dv4,
            int masked) {
        for (@Parallel int block = 0; block < heads * queryCapacity / ROWS; block++) {
            float[] queries = new float[32 * d4];
            float[] weights = new float[ROWS * KEYS];
            float[] max = new float[ROWS];
            float[] sum = new float[ROWS];
            float[] shrink = new float[ROWS];
            int row = block * ROWS;
            int head = row / queryCapacity;
            int i = row % queryCapacity;
            if (head < frame.get(Frame.HEADS) && i < frame.get(Frame.QUERIES)) {
                int keys = frame.get(Frame.KEYS);
                int diagonal = Math.min(frame.get(Frame.DIAGONAL), keys);
                int end = Math.min(keys, i + ROWS + diagonal);
                // One number for both reasons to look at pairs: TornadoVM joins the arms of ||
                // wrongly here.
                int plain = (1 - masked) * Math.min(keys, i + diagonal + 1);
                int keyHead = head / frame.get(Frame.GROUP);
                int keyAt = keyHead * d4 * keyCapacity;
                int valueAt = keyHead * keyCapacity * dv4;
                int out = row * dv4;
                int maskAt =
                        frame.get(Frame.MASK_OFFSET)
                                + head
                                        / frame.get(Frame.HEADS_PER_BATCH)
                                        * frame.get(Frame.MASK_BATCH_STRIDE)
                                + head
                                        % frame.get(Frame.HEADS_PER_BATCH)
                                        * frame.get(Frame.MASK_HEAD_STRIDE);
                float base = scale.get(0) * LOG2_E;
                for (int r = 0; r < ROWS; r++) {
                    max[r] = Float.NEGATIVE_INFINITY;
                    sum[r] = 0f;
                    for (int c = 0; c < d4; c++) {
                        Float4 q = query.get((row + r) * d4 + c);
                        queries[c * 32 + r] = q.get(0) * base;
                        queries[c * 32 + 8 + r] = q.get(1) * base;
                        queries[c * 32 + 16 + r] = q.get(2) * base;
                        queries[c * 32 + 24 + r] = q.get(3) * base;
                    }
                    for (int c = 0; c < dv4; c++) {
                        output.set(out + r * dv4 + c, zero4());
                    }
                }
                for (int tile = 0; tile < end; tile += KEYS) {
                    int last = Math.min(KEYS, end - tile);
                    for (int j = 0; j < last; j += KeyLayout.PANEL) {
                        Float8 s00 = zero(), s01 = zero(), s10 = zero(), s11 = zero();
                        Float8 s20 = zero(), s21 = zero(), s30 = zero(), s31 = zero();
                        Float8 s40 = zero(), s41 = zero(), s50 = zero(), s51 = zero();
                        Float8 s60 = zero(), s61 = zero(), s70 = zero(), s71 = zero();

                        int at = keyAt + (tile + j) * d4;
                        for (int c = 0; c < d4 * 4; c++) {
                            Float8 k0 = eight(keyT, at + c * 4);
                            Float8 k1 = eight(keyT, at + c * 4 + 2);
                            int q = c * 8;
                            float q0 = queries[q];
                            s00 = fma(s00, k0, q0);
                            s01 = fma(s01, k1, q0);
                            float q1 = queries[q + 1];
                            s10 = fma(s10, k0, q1);
                            s11 = fma(s11, k1, q1);
                            float q2 = queries[q + 2];
                            s20 = fma(s20, k0, q2);
                            s21 = fma(s21, k1, q2);
                            float q3 = queries[q + 3];
                            s30 = fma(s30, k0, q3);
                            s31 = fma(s31, k1, q3);
                            float q4 = queries[q + 4];
                            s40 = fma(s40, k0, q4);
                            s41 = fma(s41, k1, q4);
                            float q5 = queries[q + 5];
                            s50 = fma(s50, k0, q5);
                            s51 = fma(s51, k1, q5);
                            float q6 = queries[q + 6];
                            s60 = fma(s60, k0, q6);
                            s61 = fma(s61, k1, q6);
                            float q7 = queries[q + 7];
                            s70 = fma(s70, k0, q7);
                            s71 = fma(s71, k1, q7);
                        }
                        put(weights, j, s00);
                        put(weights, j + 8, s01);
                        put(weights, j + 64, s10);
                        put(weights, j + 72, s11);
                        put(weights, j + 128, s20);
                        put(weights, j + 136, s21);
                        put(weights, j + 192, s30);
                        put(weights, j + 200, s31);
                        put(weights, j + 256, s40);
                        put(weights, j + 264, s41);
                        put(weights, j + 320, s50);
                        put(weights, j + 328, s51);
                        put(weights, j + 384, s60);
                        put(weights, j + 392, s61);
                        put(weights, j + 448, s70);
                        put(weights, j + 456, s71);
                    }
                    if (tile + KEYS > plain) {
                        for (int r = 0; r < ROWS; r++) {
                            int visible = Math.min(end, i + r + diagonal + 1) - tile;
                            if (masked == 1) {
                                int from =
                                        maskAt
                                                + Math.min(i + r, frame.get(Frame.QUERIES) - 1)
                                                        * frame.get(Frame.MASK_QUERY_STRIDE)
                                                + tile;
                                for (int j = 0; j < last; j++) {
                                    float bias = mask.get(from + j) * LOG2_E;
                                    float s = weights[r * KEYS + j] + bias;
                                    weights[r * KEYS + j] =
                                            bias == Float.NEGATIVE_INFINITY ? bias : s;
                                }
                            }
                            for (int j = 0; j < KEYS; j++) {
                                float s = weights[r * KEYS + j];
                                weights[r * KEYS + j] = j < visible ? s : Float.NEGATIVE_INFINITY;
                            }
                        }
                    }
                    for (int r = 0; r < ROWS; r++) {
                        float m = rowMax(weights, r * KEYS, max[r]);
                        float shift = m == Float.NEGATIVE_INFINITY ? 0f : m;
                        shrink[r] = exp2(max[r] - shift);
                        max[r] = m;
                        for (int j = 0; j < KEYS; j++) {
                            weights[r * KEYS + j] = exp2(weights[r * KEYS + j] - shift);
                        }
                        sum[r] = sum[r] * shrink[r] + rowSum(weights, r * KEYS);
                    }
                    int v = valueAt + tile * dv4;
                    for (int c = 0; c < dv4 / 4 * 4; c += 4) {
                        Float8 o00 = zero(), o01 = zero(), o10 = zero(), o11 = zero();
                        Float8 o20 = zero(), o21 = zero(), o30 = zero(), o31 = zero();
                        Float8 o40 = zero(), o41 = zero(), o50 = zero(), o51 = zero();
                        Float8 o60 = zero(), o61 = zero(), o70 = zero(), o71 = zero();

                        for (int j = 0; j < last; j++) {
                            Float8 v0 = eight(value, v + j * dv4 + c);
                            Float8 v1 = eight(value, v + j * dv4 + c + 2);
                            float p0 = weights[j];
                            o00 = fma(o00, v0, p0);
                            o01 = fma(o01, v1, p0);
                            float p1 = weights[j + 64];
                            o10 = fma(o10, v0, p1);
                            o11 = fma(o11, v1, p1);
                            float p2 = weights[j + 128];
                            o20 = fma(o20, v0, p2);
                            o21 = fma(o21, v1, p2);
                            float p3 = weights[j + 192];
                            o30 = fma(o30, v0, p3);
                            o31 = fma(o31, v1, p3);
                            float p4 = weights[j + 256];
                            o40 = fma(o40, v0, p4);
                            o41 = fma(o41, v1, p4);
                            float p5 = weights[j + 320];
                            o50 = fma(o50, v0, p5);
                            o51 = fma(o51, v1, p5);
                            float p6 = weights[j + 384];
                            o60 = fma(o60, v0, p6);
                            o61 = fma(o61, v1, p6);
                            float p7 = weights[j + 448];
                            o70 = fma(o70, v0, p7);
                            o71 = fma(o71, v1, p7);
                        }
                        join(output, out + c, o00, shrink[0]);
                        join(output, out + c + 2, o01, shrink[0]);
                        join(output, out + c + 1 * dv4, o10, shrink[1]);
                        join(output, out + c + 1 * dv4 + 2, o11, shrink[1]);
                        join(output, out + c + 2 * dv4, o20, shrink[2]);
                        join(output, out + c + 2 * dv4 + 2, o21, shrink[2]);
                        join(output, out + c + 3 * dv4, o30, shrink[3]);
                        join(output, out + c + 3 * dv4 + 2, o31, shrink[3]);
                        join(output, out + c + 4 * dv4, o40, shrink[4]);
                        join(output, out + c + 4 * dv4 + 2, o41, shrink[4]);
                        join(output, out + c + 5 * dv4, o50, shrink[5]);
                        join(output, out + c + 5 * dv4 + 2, o51, shrink[5]);
                        join(output, out + c + 6 * dv4, o60, shrink[6]);
                        join(output, out + c + 6 * dv4 + 2, o61, shrink[6]);
                        join(output, out + c + 7 * dv4, o70, shrink[7]);
                        join(output, out + c + 7 * dv4 + 2, o71, shrink[7]);
                    }
                    for (int c = dv4 / 4 * 4; c < dv4; c++) {
                        Float4 o0 = zero4(), o1 = zero4();
                        Float4 o2 = zero4(), o3 = zero4();
                        Float4 o4 = zero4(), o5 = zero4();
                        Float4 o6 = zero4(), o7 = zero4();
                        for (int j = 0; j < last; j++) {
                            Float4 v0 = value.get(v + j * dv4 + c);
                            o0 = Float4.add(o0, Float4.mult(v0, weights[j]));
                            o1 = Float4.add(o1, Float4.mult(v0, weights[j + 64]));
                            o2 = Float4.add(o2, Float4.mult(v0, weights[j + 128]));
                            o3 = Float4.add(o3, Float4.mult(v0, weights[j + 192]));
                            o4 = Float4.add(o4, Float4.mult(v0, weights[j + 256]));
                            o5 = Float4.add(o5, Float4.mult(v0, weights[j + 320]));
                            o6 = Float4.add(o6, Float4.mult(v0, weights[j + 384]));
                            o7 = Float4.add(o7, Float4.mult(v0, weights[j + 448]));
                        }
                        join4(output, out + c, o0, shrink[0]);
                        join4(output, out + c + 1 * dv4, o1, shrink[1]);
                        join4(output, out + c + 2 * dv4, o2, shrink[2]);
                        join4(output, out + c + 3 * dv4, o3, shrink[3]);
                        join4(output, out + c + 4 * dv4, o4, shrink[4]);
                        join4(output, out + c + 5 * dv4, o5, shrink[5]);
                        join4(output, out + c + 6 * dv4, o6, shrink[6]);
                        join4(output, out + c + 7 * dv4, o7, shrink[7]);
                    }
                }
                for (int r = 0; r < ROWS; r++) {
                    float l = sum[r];
                    float inverse = l == 0f ? 0f : 1f / l;
                    for (int c = 0; c < dv4; c++) {
                        output.set(
                                out + r * dv4 + c,
                                Float4.mult(output.get(out + r * dv4 + c), inverse));
                    }
                    float natural = max[r] * LN_2 + TornadoMath.log(l);
                    logSumExp.set(row + r, l == 0f ? Float.NEGATIVE_INFINITY : natural);
                }
            }
        }
    }

    /**
     * The greatest of a row of the tile and of what came before; NaN is passed over, the weights
     * will show it.
     */
    private static float rowMax(float[] weights, int at, float before) {
        float m0 = before,
                m1 = before,
                m2 = before,
                m3 = before,
                m4 = before,
                m5 = before,
                m6 = before,
                m7 = before;
        for (int j = at; j < at + KEYS; j += 8) {
            m0 = greater(weights[j], m0);
            m1 = greater(weights[j + 1], m1);
            m2 = greater(weights[j + 2], m2);
            m3 = greater(weights[j + 3], m3);
            m4 = greater(weights[j + 4], m4);
            m5 = greater(weights[j + 5], m5);
            m6 = greater(weights[j + 6], m6);
            m7 = greater(weights[j + 7], m7);
        }
        return greater(
                greater(greater(m0, m1), greater(m2, m3)),
                greater(greater(m4, m5), greater(m6, m7)));
    }

    private static float greater(float a, float b) {
        return a > b ? a : b;
    }

    private static float rowSum(float[] weights, int at) {
        Float8 s = zero();
        for (int j = at; j < at + KEYS; j += 8) {
            s =
                    Float8.add(
                            s,
                            new Float8(
                                    weights[j],
                                    weights[j + 1],
                                    weights[j + 2],
                                    weights[j + 3],
                                    weights[j + 4],
                                    weights[j + 5],
                                    weights[j + 6],
                                    weights[j + 7]));
        }
        return ((s.get(0) + s.get(1)) + (s.get(2) + s.get(3)))
                + ((s.get(4) + s.get(5)) + (s.get(6) + s.get(7)));
    }
}
