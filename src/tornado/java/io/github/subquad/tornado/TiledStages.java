package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

final class TiledStages {
    static final int ROWS = 8;
    static final int KEYS = 8;
    static final int CHANNELS4 = 2;
    private static final int BATCH = 64;
    private static final float LOG2_E = 1.44269504f;

    private TiledStages() {}

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
                    int step = keyCapacity / 4;
                    int k = head / frame.get(9) * d4 * 4 * step + (frame.get(1) + j) / 4;
                    int q = row * d4;
                    int to = (row * chunkCapacity + j) / 4;
                    Float4 s00 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s01 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s10 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s11 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s20 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s21 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s30 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s31 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s40 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s41 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s50 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s51 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s60 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s61 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s70 = new Float4(0f, 0f, 0f, 0f);
                    Float4 s71 = new Float4(0f, 0f, 0f, 0f);
                    for (int c = 0; c < d4; c++) {
                        Float4 q0 = query.get(q + 0 * d4 + c);
                        Float4 q1 = query.get(q + 1 * d4 + c);
                        Float4 q2 = query.get(q + 2 * d4 + c);
                        Float4 q3 = query.get(q + 3 * d4 + c);
                        Float4 q4 = query.get(q + 4 * d4 + c);
                        Float4 q5 = query.get(q + 5 * d4 + c);
                        Float4 q6 = query.get(q + 6 * d4 + c);
                        Float4 q7 = query.get(q + 7 * d4 + c);
                        int at0 = k + (c * 4 + 0) * step;
                        Float4 k00 = keyT.get(at0 + 0);
                        Float4 k01 = keyT.get(at0 + 1);
                        s00 = fma(s00, k00, q0.getX());
                        s01 = fma(s01, k01, q0.getX());
                        s10 = fma(s10, k00, q1.getX());
                        s11 = fma(s11, k01, q1.getX());
                        s20 = fma(s20, k00, q2.getX());
                        s21 = fma(s21, k01, q2.getX());
                        s30 = fma(s30, k00, q3.getX());
                        s31 = fma(s31, k01, q3.getX());
                        s40 = fma(s40, k00, q4.getX());
                        s41 = fma(s41, k01, q4.getX());
                        s50 = fma(s50, k00, q5.getX());
                        s51 = fma(s51, k01, q5.getX());
                        s60 = fma(s60, k00, q6.getX());
                        s61 = fma(s61, k01, q6.getX());
                        s70 = fma(s70, k00, q7.getX());
                        s71 = fma(s71, k01, q7.getX());
                        int at1 = k + (c * 4 + 1) * step;
                        Float4 k10 = keyT.get(at1 + 0);
                        Float4 k11 = keyT.get(at1 + 1);
                        s00 = fma(s00, k10, q0.getY());
                        s01 = fma(s01, k11, q0.getY());
                        s10 = fma(s10, k10, q1.getY());
                        s11 = fma(s11, k11, q1.getY());
                        s20 = fma(s20, k10, q2.getY());
                        s21 = fma(s21, k11, q2.getY());
                        s30 = fma(s30, k10, q3.getY());
                        s31 = fma(s31, k11, q3.getY());
                        s40 = fma(s40, k10, q4.getY());
                        s41 = fma(s41, k11, q4.getY());
                        s50 = fma(s50, k10, q5.getY());
                        s51 = fma(s51, k11, q5.getY());
                        s60 = fma(s60, k10, q6.getY());
                        s61 = fma(s61, k11, q6.getY());
                        s70 = fma(s70, k10, q7.getY());
                        s71 = fma(s71, k11, q7.getY());
                        int at2 = k + (c * 4 + 2) * step;
                        Float4 k20 = keyT.get(at2 + 0);
                        Float4 k21 = keyT.get(at2 + 1);
                        s00 = fma(s00, k20, q0.getZ());
                        s01 = fma(s01, k21, q0.getZ());
                        s10 = fma(s10, k20, q1.getZ());
                        s11 = fma(s11, k21, q1.getZ());
                        s20 = fma(s20, k20, q2.getZ());
                        s21 = fma(s21, k21, q2.getZ());
                        s30 = fma(s30, k20, q3.getZ());
                        s31 = fma(s31, k21, q3.getZ());
                        s40 = fma(s40, k20, q4.getZ());
                        s41 = fma(s41, k21, q4.getZ());
                        s50 = fma(s50, k20, q5.getZ());
                        s51 = fma(s51, k21, q5.getZ());
                        s60 = fma(s60, k20, q6.getZ());
                        s61 = fma(s61, k21, q6.getZ());
                        s70 = fma(s70, k20, q7.getZ());
                        s71 = fma(s71, k21, q7.getZ());
                        int at3 = k + (c * 4 + 3) * step;
                        Float4 k30 = keyT.get(at3 + 0);
                        Float4 k31 = keyT.get(at3 + 1);
                        s00 = fma(s00, k30, q0.getW());
                        s01 = fma(s01, k31, q0.getW());
                        s10 = fma(s10, k30, q1.getW());
                        s11 = fma(s11, k31, q1.getW());
                        s20 = fma(s20, k30, q2.getW());
                        s21 = fma(s21, k31, q2.getW());
                        s30 = fma(s30, k30, q3.getW());
                        s31 = fma(s31, k31, q3.getW());
                        s40 = fma(s40, k30, q4.getW());
                        s41 = fma(s41, k31, q4.getW());
                        s50 = fma(s50, k30, q5.getW());
                        s51 = fma(s51, k31, q5.getW());
                        s60 = fma(s60, k30, q6.getW());
                        s61 = fma(s61, k31, q6.getW());
                        s70 = fma(s70, k30, q7.getW());
                        s71 = fma(s71, k31, q7.getW());
                    }
                    float factor = scale.get(0);
                    scores.set(to + 0 * chunkCapacity / 4 + 0, Float4.mult(s00, factor));
                    scores.set(to + 0 * chunkCapacity / 4 + 1, Float4.mult(s01, factor));
                    scores.set(to + 1 * chunkCapacity / 4 + 0, Float4.mult(s10, factor));
                    scores.set(to + 1 * chunkCapacity / 4 + 1, Float4.mult(s11, factor));
                    scores.set(to + 2 * chunkCapacity / 4 + 0, Float4.mult(s20, factor));
                    scores.set(to + 2 * chunkCapacity / 4 + 1, Float4.mult(s21, factor));
                    scores.set(to + 3 * chunkCapacity / 4 + 0, Float4.mult(s30, factor));
                    scores.set(to + 3 * chunkCapacity / 4 + 1, Float4.mult(s31, factor));
                    scores.set(to + 4 * chunkCapacity / 4 + 0, Float4.mult(s40, factor));
                    scores.set(to + 4 * chunkCapacity / 4 + 1, Float4.mult(s41, factor));
                    scores.set(to + 5 * chunkCapacity / 4 + 0, Float4.mult(s50, factor));
                    scores.set(to + 5 * chunkCapacity / 4 + 1, Float4.mult(s51, factor));
                    scores.set(to + 6 * chunkCapacity / 4 + 0, Float4.mult(s60, factor));
                    scores.set(to + 6 * chunkCapacity / 4 + 1, Float4.mult(s61, factor));
                    scores.set(to + 7 * chunkCapacity / 4 + 0, Float4.mult(s70, factor));
                    scores.set(to + 7 * chunkCapacity / 4 + 1, Float4.mult(s71, factor));

                    int plain = (1 - masked) * Math.min(frame.get(2), i + 1 + diagonal(frame));
                    if (j + KEYS > plain) {
                        int maskAt =
                                frame.get(4)
                                        + head / frame.get(8) * frame.get(5)
                                        + head % frame.get(8) * frame.get(6)
                                        + frame.get(1);
                        for (int r = 0; r < ROWS; r++) {
                            int visible = Math.min(frame.get(2), i + r + 1 + diagonal(frame));
                            int from = maskAt + Math.min(i + r, frame.get(0) - 1) * frame.get(7);
                            for (int x = 0; x < KEYS / 4; x++) {
                                Float4 s = scores.get(to + r * chunkCapacity / 4 + x);
                                float s0 = s.getX();
                                float s1 = s.getY();
                                float s2 = s.getZ();
                                float s3 = s.getW();
                                int at = j + x * 4;
                                if (masked == 1) {
                                    s0 =
                                            biased(
                                                    s0,
                                                    mask.get(
                                                            from + Math.min(at, frame.get(2) - 1)));
                                    s1 =
                                            biased(
                                                    s1,
                                                    mask.get(
                                                            from
                                                                    + Math.min(
                                                                            at + 1,
                                                                            frame.get(2) - 1)));
                                    s2 =
                                            biased(
                                                    s2,
                                                    mask.get(
                                                            from
                                                                    + Math.min(
                                                                            at + 2,
                                                                            frame.get(2) - 1)));
                                    s3 =
                                            biased(
                                                    s3,
                                                    mask.get(
                                                            from
                                                                    + Math.min(
                                                                            at + 3,
                                                                            frame.get(2) - 1)));
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

    static void tiledRowMax(
            VectorFloat4 scores,
            FloatArray maxScore,
            IntArray frame,
            int queryCapacity,
            int heads,
            int chunkCapacity) {
        for (@Parallel int row = 0; row < heads * queryCapacity; row++) {
            int i = row % queryCapacity;
            int end = visibleKeys(frame, row / queryCapacity, i / ROWS * ROWS);
            int from = row * (chunkCapacity / 4);
            float m0 = Float.NEGATIVE_INFINITY;
            float m1 = Float.NEGATIVE_INFINITY;
            float m2 = Float.NEGATIVE_INFINITY;
            float m3 = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < end; j += 4) {
                Float4 s = scores.get(from + j / 4);
                m0 = TornadoMath.max(m0, s.getX());
                m1 = TornadoMath.max(m1, s.getY());
                m2 = TornadoMath.max(m2, s.getZ());
                m3 = TornadoMath.max(m3, s.getW());
            }
            maxScore.set(row, TornadoMath.max(TornadoMath.max(m0, m1), TornadoMath.max(m2, m3)));
        }
    }

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
            int i = row % queryCapacity;
            int end = visibleKeys(frame, row / queryCapacity, i / ROWS * ROWS);
            float m = maxScore.get(row);
            float shift = m == Float.NEGATIVE_INFINITY ? 0f : m;
            float sum = 0f;
            for (int batch = 0; batch < end; batch += BATCH) {
                int last = Math.min(BATCH, end - batch);
                int at = (row * chunkCapacity + batch) / 4;
                for (int j = 0; j < last; j += 4) {
                    Float4 s = scores.get(at + j / 4);
                    weights[j] = s.getX();
                    weights[j + 1] = s.getY();
                    weights[j + 2] = s.getZ();
                    weights[j + 3] = s.getW();
                }
                for (int j = 0; j < BATCH; j++) {
                    weights[j] = exp2((weights[j] - shift) * LOG2_E);
                }
                Float4 total = new Float4(0f, 0f, 0f, 0f);
                for (int j = 0; j < last; j += 4) {
                    Float4 w =
                            new Float4(weights[j], weights[j + 1], weights[j + 2], weights[j + 3]);
                    scores.set(at + j / 4, w);
                    total = Float4.add(total, w);
                }
                sum += (total.getX() + total.getY()) + (total.getZ() + total.getW());
            }
            weightsSum.set(row, sum);
        }
    }

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
        for (@Parallel int block = 0; block < heads * queryCapacity / ROWS; block++) {
            for (@Parallel int column = 0; column < (dv4 + 1) / 2; column++) {
                int row = block * ROWS;
                int head = row / queryCapacity;
                int end = visibleKeys(frame, head, row % queryCapacity);
                int c0 = column * 2;
                int c1 = Math.min(c0 + 1, dv4 - 1);
                int out = row * dv4;
                int v = (head / frame.get(9) * keyCapacity + frame.get(1)) * dv4;
                int step = chunkCapacity / 4;
                for (int r = 0; r < ROWS; r++) {
                    expValues.set(out + r * dv4 + c0, new Float4(0f, 0f, 0f, 0f));
                    expValues.set(out + r * dv4 + c1, new Float4(0f, 0f, 0f, 0f));
                }
                for (int batch = 0; batch < end; batch += BATCH) {
                    int last = Math.min(BATCH, end - batch);
                    Float4 o00 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o01 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o10 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o11 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o20 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o21 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o30 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o31 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o40 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o41 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o50 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o51 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o60 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o61 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o70 = new Float4(0f, 0f, 0f, 0f);
                    Float4 o71 = new Float4(0f, 0f, 0f, 0f);

                    for (int j = batch; j < batch + last; j += 4) {
                        int w = row * step + j / 4;
                        Float4 w0 = weights.get(w + 0 * step);
                        Float4 w1 = weights.get(w + 1 * step);
                        Float4 w2 = weights.get(w + 2 * step);
                        Float4 w3 = weights.get(w + 3 * step);
                        Float4 w4 = weights.get(w + 4 * step);
                        Float4 w5 = weights.get(w + 5 * step);
                        Float4 w6 = weights.get(w + 6 * step);
                        Float4 w7 = weights.get(w + 7 * step);
                        Float4 v00 = value.get(v + (j + 0) * dv4 + c0);
                        Float4 v01 = value.get(v + (j + 0) * dv4 + c1);
                        o00 = fma(o00, v00, w0.getX());
                        o01 = fma(o01, v01, w0.getX());
                        o10 = fma(o10, v00, w1.getX());
                        o11 = fma(o11, v01, w1.getX());
                        o20 = fma(o20, v00, w2.getX());
                        o21 = fma(o21, v01, w2.getX());
                        o30 = fma(o30, v00, w3.getX());
                        o31 = fma(o31, v01, w3.getX());
                        o40 = fma(o40, v00, w4.getX());
                        o41 = fma(o41, v01, w4.getX());
                        o50 = fma(o50, v00, w5.getX());
                        o51 = fma(o51, v01, w5.getX());
                        o60 = fma(o60, v00, w6.getX());
                        o61 = fma(o61, v01, w6.getX());
                        o70 = fma(o70, v00, w7.getX());
                        o71 = fma(o71, v01, w7.getX());
                        Float4 v10 = value.get(v + (j + 1) * dv4 + c0);
                        Float4 v11 = value.get(v + (j + 1) * dv4 + c1);
                        o00 = fma(o00, v10, w0.getY());
                        o01 = fma(o01, v11, w0.getY());
                        o10 = fma(o10, v10, w1.getY());
                        o11 = fma(o11, v11, w1.getY());
                        o20 = fma(o20, v10, w2.getY());
                        o21 = fma(o21, v11, w2.getY());
                        o30 = fma(o30, v10, w3.getY());
                        o31 = fma(o31, v11, w3.getY());
                        o40 = fma(o40, v10, w4.getY());
                        o41 = fma(o41, v11, w4.getY());
                        o50 = fma(o50, v10, w5.getY());
                        o51 = fma(o51, v11, w5.getY());
                        o60 = fma(o60, v10, w6.getY());
                        o61 = fma(o61, v11, w6.getY());
                        o70 = fma(o70, v10, w7.getY());
                        o71 = fma(o71, v11, w7.getY());
                        Float4 v20 = value.get(v + (j + 2) * dv4 + c0);
                        Float4 v21 = value.get(v + (j + 2) * dv4 + c1);
                        o00 = fma(o00, v20, w0.getZ());
                        o01 = fma(o01, v21, w0.getZ());
                        o10 = fma(o10, v20, w1.getZ());
                        o11 = fma(o11, v21, w1.getZ());
                        o20 = fma(o20, v20, w2.getZ());
                        o21 = fma(o21, v21, w2.getZ());
                        o30 = fma(o30, v20, w3.getZ());
                        o31 = fma(o31, v21, w3.getZ());
                        o40 = fma(o40, v20, w4.getZ());
                        o41 = fma(o41, v21, w4.getZ());
                        o50 = fma(o50, v20, w5.getZ());
                        o51 = fma(o51, v21, w5.getZ());
                        o60 = fma(o60, v20, w6.getZ());
                        o61 = fma(o61, v21, w6.getZ());
                        o70 = fma(o70, v20, w7.getZ());
                        o71 = fma(o71, v21, w7.getZ());
                        Float4 v30 = value.get(v + (j + 3) * dv4 + c0);
                        Float4 v31 = value.get(v + (j + 3) * dv4 + c1);
                        o00 = fma(o00, v30, w0.getW());
                        o01 = fma(o01, v31, w0.getW());
                        o10 = fma(o10, v30, w1.getW());
                        o11 = fma(o11, v31, w1.getW());
                        o20 = fma(o20, v30, w2.getW());
                        o21 = fma(o21, v31, w2.getW());
                        o30 = fma(o30, v30, w3.getW());
                        o31 = fma(o31, v31, w3.getW());
                        o40 = fma(o40, v30, w4.getW());
                        o41 = fma(o41, v31, w4.getW());
                        o50 = fma(o50, v30, w5.getW());
                        o51 = fma(o51, v31, w5.getW());
                        o60 = fma(o60, v30, w6.getW());
                        o61 = fma(o61, v31, w6.getW());
                        o70 = fma(o70, v30, w7.getW());
                        o71 = fma(o71, v31, w7.getW());
                    }
                    int t01 = out + 0 * dv4 + c1;
                    int t00 = out + 0 * dv4 + c0;
                    int t11 = out + 1 * dv4 + c1;
                    int t10 = out + 1 * dv4 + c0;
                    int t21 = out + 2 * dv4 + c1;
                    int t20 = out + 2 * dv4 + c0;
                    int t31 = out + 3 * dv4 + c1;
                    int t30 = out + 3 * dv4 + c0;
                    int t41 = out + 4 * dv4 + c1;
                    int t40 = out + 4 * dv4 + c0;
                    int t51 = out + 5 * dv4 + c1;
                    int t50 = out + 5 * dv4 + c0;
                    int t61 = out + 6 * dv4 + c1;
                    int t60 = out + 6 * dv4 + c0;
                    int t71 = out + 7 * dv4 + c1;
                    int t70 = out + 7 * dv4 + c0;
                    Float4 n00 = Float4.add(expValues.get(t00), o00);
                    Float4 n01 = Float4.add(expValues.get(t01), o01);
                    Float4 n10 = Float4.add(expValues.get(t10), o10);
                    Float4 n11 = Float4.add(expValues.get(t11), o11);
                    Float4 n20 = Float4.add(expValues.get(t20), o20);
                    Float4 n21 = Float4.add(expValues.get(t21), o21);
                    Float4 n30 = Float4.add(expValues.get(t30), o30);
                    Float4 n31 = Float4.add(expValues.get(t31), o31);
                    Float4 n40 = Float4.add(expValues.get(t40), o40);
                    Float4 n41 = Float4.add(expValues.get(t41), o41);
                    Float4 n50 = Float4.add(expValues.get(t50), o50);
                    Float4 n51 = Float4.add(expValues.get(t51), o51);
                    Float4 n60 = Float4.add(expValues.get(t60), o60);
                    Float4 n61 = Float4.add(expValues.get(t61), o61);
                    Float4 n70 = Float4.add(expValues.get(t70), o70);
                    Float4 n71 = Float4.add(expValues.get(t71), o71);
                    expValues.set(t00, n00);
                    expValues.set(t01, n01);
                    expValues.set(t10, n10);
                    expValues.set(t11, n11);
                    expValues.set(t20, n20);
                    expValues.set(t21, n21);
                    expValues.set(t30, n30);
                    expValues.set(t31, n31);
                    expValues.set(t40, n40);
                    expValues.set(t41, n41);
                    expValues.set(t50, n50);
                    expValues.set(t51, n51);
                    expValues.set(t60, n60);
                    expValues.set(t61, n61);
                    expValues.set(t70, n70);
                    expValues.set(t71, n71);
                }
            }
        }
    }

    /** {@link PlainStages#clearState}. */
    static void clearTiles(
            VectorFloat4 stateValues,
            FloatArray stateSum,
            FloatArray stateMax,
            IntArray frame,
            int queryCapacity,
            int heads,
            int dv4) {
        for (@Parallel int row = 0; row < heads * queryCapacity; row++) {
            stateSum.set(row, 0f);
            stateMax.set(row, Float.NEGATIVE_INFINITY);
            for (int c = row * dv4; c < row * dv4 + dv4; c++) {
                stateValues.set(c, new Float4(0f, 0f, 0f, 0f));
            }
        }
    }

    /** {@link PlainStages#mergeChunk}. Grid: rows. */
    static void mergeTiles(
            VectorFloat4 expValues,
            FloatArray weightsSum,
            FloatArray maxScore,
            VectorFloat4 stateValues,
            FloatArray stateSum,
            FloatArray stateMax,
            IntArray frame,
            int queryCapacity,
            int heads,
            int dv4) {
        for (@Parallel int row = 0; row < heads * queryCapacity; row++) {
            if (row / queryCapacity < frame.get(11) && row % queryCapacity < frame.get(0)) {
                float old = stateMax.get(row);
                float max = TornadoMath.max(old, maxScore.get(row));
                float reference = max == Float.NEGATIVE_INFINITY ? 0f : max;
                float scaleOld = TornadoMath.exp(old - reference);
                float scaleChunk = TornadoMath.exp(maxScore.get(row) - reference);
                stateMax.set(row, max);
                stateSum.set(row, scaleOld * stateSum.get(row) + scaleChunk * weightsSum.get(row));
                for (int c = row * dv4; c < row * dv4 + dv4; c++) {
                    Float4 values = Float4.mult(expValues.get(c), scaleChunk);
                    stateValues.set(c, fma(values, stateValues.get(c), scaleOld));
                }
            }
        }
    }

    static void normalizeTiles(
            VectorFloat4 stateValues,
            FloatArray stateSum,
            FloatArray stateMax,
            VectorFloat4 output,
            FloatArray logSumExp,
            IntArray frame,
            int queryCapacity,
            int heads,
            int dv4) {
        for (@Parallel int row = 0; row < heads * queryCapacity; row++) {
            if (row / queryCapacity < frame.get(11) && row % queryCapacity < frame.get(0)) {
                float l = stateSum.get(row);
                float inverse = l == 0f ? 0f : 1f / l;
                for (int c = row * dv4; c < row * dv4 + dv4; c++) {
                    output.set(c, Float4.mult(stateValues.get(c), inverse));
                }
                float natural = stateMax.get(row) + TornadoMath.log(l);
                logSumExp.set(row, l == 0f ? Float.NEGATIVE_INFINITY : natural);
            }
        }
    }

    /** Keys of the chunk that some row of the block at i sees; 0 for rows that nobody asked for. */
    private static int visibleKeys(IntArray frame, int head, int i) {
        int wanted = head < frame.get(11) ? frame.get(0) : 0;
        int end = Math.min(frame.get(2), i + ROWS + diagonal(frame));
        return i < wanted ? end : 0;
    }

    private static int diagonal(IntArray frame) {
        return Math.max(Math.min(frame.get(3), frame.get(1) + frame.get(2)), -(1 << 30))
                - frame.get(1);
    }

    private static float biased(float s, float bias) {
        return bias == Float.NEGATIVE_INFINITY ? bias : s + bias;
    }

    private static float exp2(float x) {
        float y = x < -120f ? -120f : x;
        float n = TornadoMath.floor(y + 0.5f);
        float f = y - n;
        float p =
                ((((1.326472731307149E-3f * f + 9.671512991189957E-3f) * f + 5.550733581185341E-2f)
                                                                * f
                                                        + 2.4022242426872253E-1f)
                                                * f
                                        + 6.931470036506653E-1f)
                                * f
                        + 1f;
        int e = (int) n + 120;
        float a = (float) (1 << (e >> 2));
        float w = a * a * 0x1p-60f;
        float power = w * w * (float) (1 << (e & 3));
        return x < -120f ? 0f : p * power;
    }

    private static Float4 fma(Float4 sum, Float4 a, float b) {
        return Float4.add(sum, Float4.mult(a, new Float4(b, b, b, b)));
    }
}
