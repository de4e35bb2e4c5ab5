package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;
import uk.ac.manchester.tornado.api.types.vectors.Float8;

final class FusedRows {
    static final int ROWS = 8;
    static final int KEYS = 64;
    private static final float LOG2_E = 1.44269504f;
    private static final float LN_2 = 0.693147181f;

    private FusedRows() {}

    static void transposeKeys(
            VectorFloat4 key,
            VectorFloat4 keyT,
            IntArray frame,
            int keyHeads,
            int keyCapacity,
            int d4) {
        for (@Parallel int block = 0; block < keyHeads * keyCapacity / 4; block++) {
            int first = block * 4;
            int head = first / keyCapacity;
            int j = first % keyCapacity;
            int step = keyCapacity / 4;
            int to = head * d4 * 4 * step + j / 4;
            for (int c = 0; c < d4; c++) {
                int from = first * d4 + c;
                Float4 k0 = key.get(from);
                Float4 k1 = key.get(from + d4);
                Float4 k2 = key.get(from + 2 * d4);
                Float4 k3 = key.get(from + 3 * d4);
                int at = to + c * 4 * step;
                keyT.set(at, new Float4(k0.getX(), k1.getX(), k2.getX(), k3.getX()));
                keyT.set(at + step, new Float4(k0.getY(), k1.getY(), k2.getY(), k3.getY()));
                keyT.set(at + 2 * step, new Float4(k0.getZ(), k1.getZ(), k2.getZ(), k3.getZ()));
                keyT.set(at + 3 * step, new Float4(k0.getW(), k1.getW(), k2.getW(), k3.getW()));
            }
        }
    }

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
            if (head < frame.get(11) && i < frame.get(0)) {
                int keys = frame.get(2);
                int diagonal = Math.min(frame.get(3), keys);
                int end = Math.min(keys, i + ROWS + diagonal);
                int plain = (1 - masked) * Math.min(keys, i + diagonal + 1);
                int keyHead = head / frame.get(9);
                int step = keyCapacity / 4;
                int keyAt = keyHead * d4 * 4 * step;
                int valueAt = keyHead * keyCapacity * dv4;
                int out = row * dv4;
                int maskAt =
                        frame.get(4)
                                + head / frame.get(8) * frame.get(5)
                                + head % frame.get(8) * frame.get(6);
                float base = scale.get(0) * LOG2_E;
                for (int r = 0; r < ROWS; r++) {
                    max[r] = Float.NEGATIVE_INFINITY;
                    sum[r] = 0f;
                    for (int c = 0; c < d4; c++) {
                        Float4 q = query.get((row + r) * d4 + c);
                        queries[c * 32 + r] = q.getX() * base;
                        queries[c * 32 + 8 + r] = q.getY() * base;
                        queries[c * 32 + 16 + r] = q.getZ() * base;
                        queries[c * 32 + 24 + r] = q.getW() * base;
                    }
                    for (int c = 0; c < dv4; c++) {
                        output.set(out + r * dv4 + c, new Float4(0f, 0f, 0f, 0f));
                    }
                }
                for (int tile = 0; tile < end; tile += KEYS) {
                    int last = Math.min(KEYS, end - tile);
                    for (int j = 0; j < last; j += 16) {
                        Float8 s00 = fill(0f);
                        Float8 s01 = fill(0f);
                        Float8 s10 = fill(0f);
                        Float8 s11 = fill(0f);
                        Float8 s20 = fill(0f);
                        Float8 s21 = fill(0f);
                        Float8 s30 = fill(0f);
                        Float8 s31 = fill(0f);
                        Float8 s40 = fill(0f);
                        Float8 s41 = fill(0f);
                        Float8 s50 = fill(0f);
                        Float8 s51 = fill(0f);
                        Float8 s60 = fill(0f);
                        Float8 s61 = fill(0f);
                        Float8 s70 = fill(0f);
                        Float8 s71 = fill(0f);

                        int at = keyAt + (tile + j) / 4;
                        for (int c = 0; c < d4 * 4; c++) {
                            Float8 k0 = eight(keyT, at + c * step);
                            Float8 k1 = eight(keyT, at + c * step + 2);
                            Float8 q0 = fill(queries[c * 8 + 0]);
                            s00 = Float8.add(s00, Float8.mult(k0, q0));
                            s01 = Float8.add(s01, Float8.mult(k1, q0));
                            Float8 q1 = fill(queries[c * 8 + 1]);
                            s10 = Float8.add(s10, Float8.mult(k0, q1));
                            s11 = Float8.add(s11, Float8.mult(k1, q1));
                            Float8 q2 = fill(queries[c * 8 + 2]);
                            s20 = Float8.add(s20, Float8.mult(k0, q2));
                            s21 = Float8.add(s21, Float8.mult(k1, q2));
                            Float8 q3 = fill(queries[c * 8 + 3]);
                            s30 = Float8.add(s30, Float8.mult(k0, q3));
                            s31 = Float8.add(s31, Float8.mult(k1, q3));
                            Float8 q4 = fill(queries[c * 8 + 4]);
                            s40 = Float8.add(s40, Float8.mult(k0, q4));
                            s41 = Float8.add(s41, Float8.mult(k1, q4));
                            Float8 q5 = fill(queries[c * 8 + 5]);
                            s50 = Float8.add(s50, Float8.mult(k0, q5));
                            s51 = Float8.add(s51, Float8.mult(k1, q5));
                            Float8 q6 = fill(queries[c * 8 + 6]);
                            s60 = Float8.add(s60, Float8.mult(k0, q6));
                            s61 = Float8.add(s61, Float8.mult(k1, q6));
                            Float8 q7 = fill(queries[c * 8 + 7]);
                            s70 = Float8.add(s70, Float8.mult(k0, q7));
                            s71 = Float8.add(s71, Float8.mult(k1, q7));
                        }
                        put(weights, 0 + j, s00);
                        put(weights, 8 + j, s01);
                        put(weights, 64 + j, s10);
                        put(weights, 72 + j, s11);
                        put(weights, 128 + j, s20);
                        put(weights, 136 + j, s21);
                        put(weights, 192 + j, s30);
                        put(weights, 200 + j, s31);
                        put(weights, 256 + j, s40);
                        put(weights, 264 + j, s41);
                        put(weights, 320 + j, s50);
                        put(weights, 328 + j, s51);
                        put(weights, 384 + j, s60);
                        put(weights, 392 + j, s61);
                        put(weights, 448 + j, s70);
                        put(weights, 456 + j, s71);
                    }

                    if (tile + KEYS > plain) {
                        for (int r = 0; r < ROWS; r++) {
                            int visible = Math.min(end, i + r + diagonal + 1) - tile;
                            if (masked == 1) {
                                int from =
                                        maskAt
                                                + Math.min(i + r, frame.get(0) - 1) * frame.get(7)
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
                        Float8 o00 = fill(0f);
                        Float8 o01 = fill(0f);
                        Float8 o10 = fill(0f);
                        Float8 o11 = fill(0f);
                        Float8 o20 = fill(0f);
                        Float8 o21 = fill(0f);
                        Float8 o30 = fill(0f);
                        Float8 o31 = fill(0f);
                        Float8 o40 = fill(0f);
                        Float8 o41 = fill(0f);
                        Float8 o50 = fill(0f);
                        Float8 o51 = fill(0f);
                        Float8 o60 = fill(0f);
                        Float8 o61 = fill(0f);
                        Float8 o70 = fill(0f);
                        Float8 o71 = fill(0f);

                        for (int j = 0; j < last; j++) {
                            Float8 v0 = eight(value, v + j * dv4 + c);
                            Float8 v1 = eight(value, v + j * dv4 + c + 2);
                            Float8 p0 = fill(weights[0 + j]);
                            o00 = Float8.add(o00, Float8.mult(v0, p0));
                            o01 = Float8.add(o01, Float8.mult(v1, p0));
                            Float8 p1 = fill(weights[64 + j]);
                            o10 = Float8.add(o10, Float8.mult(v0, p1));
                            o11 = Float8.add(o11, Float8.mult(v1, p1));
                            Float8 p2 = fill(weights[128 + j]);
                            o20 = Float8.add(o20, Float8.mult(v0, p2));
                            o21 = Float8.add(o21, Float8.mult(v1, p2));
                            Float8 p3 = fill(weights[192 + j]);
                            o30 = Float8.add(o30, Float8.mult(v0, p3));
                            o31 = Float8.add(o31, Float8.mult(v1, p3));
                            Float8 p4 = fill(weights[256 + j]);
                            o40 = Float8.add(o40, Float8.mult(v0, p4));
                            o41 = Float8.add(o41, Float8.mult(v1, p4));
                            Float8 p5 = fill(weights[320 + j]);
                            o50 = Float8.add(o50, Float8.mult(v0, p5));
                            o51 = Float8.add(o51, Float8.mult(v1, p5));
                            Float8 p6 = fill(weights[384 + j]);
                            o60 = Float8.add(o60, Float8.mult(v0, p6));
                            o61 = Float8.add(o61, Float8.mult(v1, p6));
                            Float8 p7 = fill(weights[448 + j]);
                            o70 = Float8.add(o70, Float8.mult(v0, p7));
                            o71 = Float8.add(o71, Float8.mult(v1, p7));
                        }
                        set(
                                output,
                                out + c + 0 * dv4 + 0,
                                Float8.add(
                                        o00,
                                        Float8.mult(
                                                eight(output, out + c + 0 * dv4 + 0),
                                                fill(shrink[0]))));
                        set(
                                output,
                                out + c + 0 * dv4 + 2,
                                Float8.add(
                                        o01,
                                        Float8.mult(
                                                eight(output, out + c + 0 * dv4 + 2),
                                                fill(shrink[0]))));
                        set(
                                output,
                                out + c + 1 * dv4 + 0,
                                Float8.add(
                                        o10,
                                        Float8.mult(
                                                eight(output, out + c + 1 * dv4 + 0),
                                                fill(shrink[1]))));
                        set(
                                output,
                                out + c + 1 * dv4 + 2,
                                Float8.add(
                                        o11,
                                        Float8.mult(
                                                eight(output, out + c + 1 * dv4 + 2),
                                                fill(shrink[1]))));
                        set(
                                output,
                                out + c + 2 * dv4 + 0,
                                Float8.add(
                                        o20,
                                        Float8.mult(
                                                eight(output, out + c + 2 * dv4 + 0),
                                                fill(shrink[2]))));
                        set(
                                output,
                                out + c + 2 * dv4 + 2,
                                Float8.add(
                                        o21,
                                        Float8.mult(
                                                eight(output, out + c + 2 * dv4 + 2),
                                                fill(shrink[2]))));
                        set(
                                output,
                                out + c + 3 * dv4 + 0,
                                Float8.add(
                                        o30,
                                        Float8.mult(
                                                eight(output, out + c + 3 * dv4 + 0),
                                                fill(shrink[3]))));
                        set(
                                output,
                                out + c + 3 * dv4 + 2,
                                Float8.add(
                                        o31,
                                        Float8.mult(
                                                eight(output, out + c + 3 * dv4 + 2),
                                                fill(shrink[3]))));
                        set(
                                output,
                                out + c + 4 * dv4 + 0,
                                Float8.add(
                                        o40,
                                        Float8.mult(
                                                eight(output, out + c + 4 * dv4 + 0),
                                                fill(shrink[4]))));
                        set(
                                output,
                                out + c + 4 * dv4 + 2,
                                Float8.add(
                                        o41,
                                        Float8.mult(
                                                eight(output, out + c + 4 * dv4 + 2),
                                                fill(shrink[4]))));
                        set(
                                output,
                                out + c + 5 * dv4 + 0,
                                Float8.add(
                                        o50,
                                        Float8.mult(
                                                eight(output, out + c + 5 * dv4 + 0),
                                                fill(shrink[5]))));
                        set(
                                output,
                                out + c + 5 * dv4 + 2,
                                Float8.add(
                                        o51,
                                        Float8.mult(
                                                eight(output, out + c + 5 * dv4 + 2),
                                                fill(shrink[5]))));
                        set(
                                output,
                                out + c + 6 * dv4 + 0,
                                Float8.add(
                                        o60,
                                        Float8.mult(
                                                eight(output, out + c + 6 * dv4 + 0),
                                                fill(shrink[6]))));
                        set(
                                output,
                                out + c + 6 * dv4 + 2,
                                Float8.add(
                                        o61,
                                        Float8.mult(
                                                eight(output, out + c + 6 * dv4 + 2),
                                                fill(shrink[6]))));
                        set(
                                output,
                                out + c + 7 * dv4 + 0,
                                Float8.add(
                                        o70,
                                        Float8.mult(
                                                eight(output, out + c + 7 * dv4 + 0),
                                                fill(shrink[7]))));
                        set(
                                output,
                                out + c + 7 * dv4 + 2,
                                Float8.add(
                                        o71,
                                        Float8.mult(
                                                eight(output, out + c + 7 * dv4 + 2),
                                                fill(shrink[7]))));
                    }
                    for (int c = dv4 / 4 * 4; c < dv4; c++) {
                        Float4 o0 = new Float4(0f, 0f, 0f, 0f);
                        Float4 o1 = new Float4(0f, 0f, 0f, 0f);
                        Float4 o2 = new Float4(0f, 0f, 0f, 0f);
                        Float4 o3 = new Float4(0f, 0f, 0f, 0f);
                        Float4 o4 = new Float4(0f, 0f, 0f, 0f);
                        Float4 o5 = new Float4(0f, 0f, 0f, 0f);
                        Float4 o6 = new Float4(0f, 0f, 0f, 0f);
                        Float4 o7 = new Float4(0f, 0f, 0f, 0f);

                        for (int j = 0; j < last; j++) {
                            Float4 v0 = value.get(v + j * dv4 + c);
                            o0 = Float4.add(o0, Float4.mult(v0, weights[0 + j]));
                            o1 = Float4.add(o1, Float4.mult(v0, weights[64 + j]));
                            o2 = Float4.add(o2, Float4.mult(v0, weights[128 + j]));
                            o3 = Float4.add(o3, Float4.mult(v0, weights[192 + j]));
                            o4 = Float4.add(o4, Float4.mult(v0, weights[256 + j]));
                            o5 = Float4.add(o5, Float4.mult(v0, weights[320 + j]));
                            o6 = Float4.add(o6, Float4.mult(v0, weights[384 + j]));
                            o7 = Float4.add(o7, Float4.mult(v0, weights[448 + j]));
                        }
                        output.set(
                                out + c + 0 * dv4,
                                Float4.add(
                                        o0, Float4.mult(output.get(out + c + 0 * dv4), shrink[0])));
                        output.set(
                                out + c + 1 * dv4,
                                Float4.add(
                                        o1, Float4.mult(output.get(out + c + 1 * dv4), shrink[1])));
                        output.set(
                                out + c + 2 * dv4,
                                Float4.add(
                                        o2, Float4.mult(output.get(out + c + 2 * dv4), shrink[2])));
                        output.set(
                                out + c + 3 * dv4,
                                Float4.add(
                                        o3, Float4.mult(output.get(out + c + 3 * dv4), shrink[3])));
                        output.set(
                                out + c + 4 * dv4,
                                Float4.add(
                                        o4, Float4.mult(output.get(out + c + 4 * dv4), shrink[4])));
                        output.set(
                                out + c + 5 * dv4,
                                Float4.add(
                                        o5, Float4.mult(output.get(out + c + 5 * dv4), shrink[5])));
                        output.set(
                                out + c + 6 * dv4,
                                Float4.add(
                                        o6, Float4.mult(output.get(out + c + 6 * dv4), shrink[6])));
                        output.set(
                                out + c + 7 * dv4,
                                Float4.add(
                                        o7, Float4.mult(output.get(out + c + 7 * dv4), shrink[7])));
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
                    float lse = max[r] * LN_2 + TornadoMath.log(l);
                    logSumExp.set(row + r, l == 0f ? Float.NEGATIVE_INFINITY : lse);
                }
            }
        }
    }

    private static float rowMax(float[] weights, int at, float floor) {
        float m0 = floor;
        float m1 = floor;
        float m2 = floor;
        float m3 = floor;
        float m4 = floor;
        float m5 = floor;
        float m6 = floor;
        float m7 = floor;
        for (int j = 0; j < KEYS; j += 8) {
            m0 = greater(weights[at + j], m0);
            m1 = greater(weights[at + j + 1], m1);
            m2 = greater(weights[at + j + 2], m2);
            m3 = greater(weights[at + j + 3], m3);
            m4 = greater(weights[at + j + 4], m4);
            m5 = greater(weights[at + j + 5], m5);
            m6 = greater(weights[at + j + 6], m6);
            m7 = greater(weights[at + j + 7], m7);
        }
        return greater(
                greater(greater(m0, m1), greater(m2, m3)),
                greater(greater(m4, m5), greater(m6, m7)));
    }

    private static float greater(float a, float b) {
        return a > b ? a : b;
    }

    private static float rowSum(float[] weights, int at) {
        Float8 sum = fill(0f);
        for (int j = 0; j < KEYS; j += 8) {
            sum =
                    Float8.add(
                            sum,
                            new Float8(
                                    weights[at + j],
                                    weights[at + j + 1],
                                    weights[at + j + 2],
                                    weights[at + j + 3],
                                    weights[at + j + 4],
                                    weights[at + j + 5],
                                    weights[at + j + 6],
                                    weights[at + j + 7]));
        }
        return ((sum.getS0() + sum.getS1()) + (sum.getS2() + sum.getS3()))
                + ((sum.getS4() + sum.getS5()) + (sum.getS6() + sum.getS7()));
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

    private static Float8 fill(float x) {
        return new Float8(x, x, x, x, x, x, x, x);
    }

    private static Float8 eight(VectorFloat4 a, int at) {
        Float4 lo = a.get(at);
        Float4 hi = a.get(at + 1);
        return new Float8(
                lo.getX(), lo.getY(), lo.getZ(), lo.getW(), hi.getX(), hi.getY(), hi.getZ(),
                hi.getW());
    }

    private static void put(float[] a, int at, Float8 x) {
        a[at] = x.getS0();
        a[at + 1] = x.getS1();
        a[at + 2] = x.getS2();
        a[at + 3] = x.getS3();
        a[at + 4] = x.getS4();
        a[at + 5] = x.getS5();
        a[at + 6] = x.getS6();
        a[at + 7] = x.getS7();
    }

    private static void set(VectorFloat4 a, int at, Float8 x) {
        a.set(at, new Float4(x.getS0(), x.getS1(), x.getS2(), x.getS3()));
        a.set(at + 1, new Float4(x.getS4(), x.getS5(), x.getS6(), x.getS7()));
    }
}
