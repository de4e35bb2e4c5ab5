package io.github.subquad.tornado;

import static io.github.subquad.tornado.DeviceLanes.biased;
import static io.github.subquad.tornado.DeviceLanes.finite;
import static io.github.subquad.tornado.DeviceLanes.fma;
import static io.github.subquad.tornado.DeviceLanes.greatest;
import static io.github.subquad.tornado.DeviceLanes.sum;
import static io.github.subquad.tornado.DeviceLanes.weights;
import static io.github.subquad.tornado.DeviceLanes.zero4;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/**
 * Fused attention for GPUs in float32: a group of {@value #GROUP} threads computes {@value #ROWS}
 * query rows, {@value #KEYS} keys at a time, through tiles in local memory. A thread holds 8 rows ×
 * 4 keys of scores and 8 rows × 4 of every 64 channels of the output in registers.
 *
 * <p>Query and key come in slices of {@value #SLICE} channels, so that local memory does not grow
 * with the channels; the query is read again for each tile, from the cache. Values take the slices'
 * place once the scores are done. Local arrays are never handed to a helper: TornadoVM then counts
 * their elements in bytes and says nothing.
 */
final class FusedTiles {

    /** Threads of a group, all on x. */
    static final int GROUP = 128;

    /** Query rows of a group; queryCapacity must be a multiple. */
    static final int ROWS = 64;

    /** Keys of a tile; keyCapacity must be a multiple. */
    static final int KEYS = 64;

    /** Value channels that the registers are laid out for, at most. */
    static final int MOST_VALUE_CHANNELS = 192;

    private static final int SLICE = 32;
    private static final int PITCH = 68;

    private FusedTiles() {}

    /** Bytes of local memory that a group takes, whatever the channels. */
    static int localBytes() {
        return Float.BYTES * (KEYS * ROWS + KEYS * PITCH + 18 * ROWS);
    }

    /**
     * output = softmax(scale · query · keyᵀ + mask) · value, and the natural logarithm of each
     * row's sum. Grid: x = queryCapacity / 64 groups of 128, y = heads.
     *
     * <p>A tile on the diagonal, with a mask or at the ragged end first fills the weights' place
     * with the bias of each pair, −∞ where it is hidden, and adds it to the scores; other tiles do
     * not. The weights lie transposed, [key] [row], so that a thread reads its eight rows side by
     * side. Sums over a tile start from zero and are then joined to the output, which keeps the
     * rounding of long rows down.
     */
    static void fusedTiles(
            KernelContext context,
            VectorFloat4 query,
            VectorFloat4 key,
            VectorFloat4 value,
            FloatArray mask,
            VectorFloat4 output,
            FloatArray logSumExp,
            FloatArray scale,
            IntArray frame,
            int queryCapacity,
            int keyCapacity,
            int d4,
            int dv4,
            int masked) {
        float[] tiles = context.allocateFloatLocalArray(KEYS * ROWS);
        float[] weights = context.allocateFloatLocalArray(KEYS * PITCH);
        float[] partial = context.allocateFloatLocalArray(16 * ROWS);
        float[] rowMax = context.allocateFloatLocalArray(ROWS);
        float[] shrink = context.allocateFloatLocalArray(ROWS);
        int t = context.localIdx;
        int tx = t % 16;
        int ty = t / 16 * 8;
        int head = context.groupIdy;
        int block = context.groupIdx * ROWS;
        int rows = head < frame.get(Frame.HEADS) ? frame.get(Frame.QUERIES) : 0;
        int keys = frame.get(Frame.KEYS);
        int diagonal = Math.min(frame.get(Frame.DIAGONAL), keys);
        int end = block < rows ? Math.min(keys, block + ROWS + diagonal) : 0;
        int plain = (1 - masked) * Math.min(keys, block + diagonal + 1);
        int queryAt = (head * queryCapacity + block) * d4;
        int keyHead = head / frame.get(Frame.GROUP);
        int keyAt = keyHead * keyCapacity * d4;
        int valueAt = keyHead * keyCapacity * dv4;
        int maskAt =
                frame.get(Frame.MASK_OFFSET)
                        + head
                                / frame.get(Frame.HEADS_PER_BATCH)
                                * frame.get(Frame.MASK_BATCH_STRIDE)
                        + head
                                % frame.get(Frame.HEADS_PER_BATCH)
                                * frame.get(Frame.MASK_HEAD_STRIDE);
        float base = scale.get(0);
        int w0 = tx * 4 * PITCH + ty, w1 = w0 + PITCH, w2 = w1 + PITCH, w3 = w2 + PITCH;
        if (t < ROWS) {
            rowMax[t] = Float.NEGATIVE_INFINITY;
        }
        float l0 = 0f, l1 = 0f, l2 = 0f, l3 = 0f, l4 = 0f, l5 = 0f, l6 = 0f, l7 = 0f;
        Float4 o00 = zero4(), o01 = zero4(), o02 = zero4(), o03 = zero4();
        Float4 o04 = zero4(), o05 = zero4(), o06 = zero4(), o07 = zero4();
        Float4 o10 = zero4(), o11 = zero4(), o12 = zero4(), o13 = zero4();
        Float4 o14 = zero4(), o15 = zero4(), o16 = zero4(), o17 = zero4();
        Float4 o20 = zero4(), o21 = zero4(), o22 = zero4(), o23 = zero4();
        Float4 o24 = zero4(), o25 = zero4(), o26 = zero4(), o27 = zero4();

        for (int tile = 0; tile < end; tile += KEYS) {
            context.localBarrier();
            if (tile + KEYS > plain) {
                for (int x = t; x < ROWS * KEYS; x += GROUP) {
                    int i = block + x / KEYS;
                    int j = tile + x % KEYS;
                    float bias = 0f;
                    if (masked == 1) {
                        int from =
                                maskAt + Math.min(i, rows - 1) * frame.get(Frame.MASK_QUERY_STRIDE);
                        bias = mask.get(from + Math.min(j, keys - 1));
                    }
                    int to = x % KEYS * PITCH + x / KEYS;
                    weights[to] =
                            j < Math.min(keys, i + diagonal + 1) ? bias : Float.NEGATIVE_INFINITY;
                }
            }
            Float4 s0 = zero4(), s1 = zero4(), s2 = zero4(), s3 = zero4();
            Float4 s4 = zero4(), s5 = zero4(), s6 = zero4(), s7 = zero4();

            for (int slice = 0; slice < d4; slice += SLICE / 4) {
                int channels = Math.min(SLICE / 4, d4 - slice);
                context.localBarrier();
                for (int x = t; x < channels * ROWS; x += GROUP) {
                    int r = x % ROWS;
                    int c = x / ROWS;
                    Float4 q = query.get(queryAt + r * d4 + slice + c);
                    Float4 k = key.get(keyAt + (tile + r) * d4 + slice + c);
                    int at = c * 4 * ROWS + r;
                    tiles[at] = q.get(0) * base;
                    tiles[at + ROWS] = q.get(1) * base;
                    tiles[at + 2 * ROWS] = q.get(2) * base;
                    tiles[at + 3 * ROWS] = q.get(3) * base;
                    int to = SLICE * ROWS + at;
                    tiles[to] = k.get(0);
                    tiles[to + KEYS] = k.get(1);
                    tiles[to + 2 * KEYS] = k.get(2);
                    tiles[to + 3 * KEYS] = k.get(3);
                }
                context.localBarrier();
                for (int c = 0; c < channels * 4; c++) {
                    int at = SLICE * ROWS + c * KEYS + tx * 4;
                    Float4 k = new Float4(tiles[at], tiles[at + 1], tiles[at + 2], tiles[at + 3]);
                    int from = c * ROWS + ty;
                    s0 = fma(s0, k, tiles[from]);
                    s1 = fma(s1, k, tiles[from + 1]);
                    s2 = fma(s2, k, tiles[from + 2]);
                    s3 = fma(s3, k, tiles[from + 3]);
                    s4 = fma(s4, k, tiles[from + 4]);
                    s5 = fma(s5, k, tiles[from + 5]);
                    s6 = fma(s6, k, tiles[from + 6]);
                    s7 = fma(s7, k, tiles[from + 7]);
                }
            }
            if (tile + KEYS > plain) {

                s0 = biased(s0, weights[w0], weights[w1], weights[w2], weights[w3]);
                s1 = biased(s1, weights[w0 + 1], weights[w1 + 1], weights[w2 + 1], weights[w3 + 1]);
                s2 = biased(s2, weights[w0 + 2], weights[w1 + 2], weights[w2 + 2], weights[w3 + 2]);
                s3 = biased(s3, weights[w0 + 3], weights[w1 + 3], weights[w2 + 3], weights[w3 + 3]);
                s4 = biased(s4, weights[w0 + 4], weights[w1 + 4], weights[w2 + 4], weights[w3 + 4]);
                s5 = biased(s5, weights[w0 + 5], weights[w1 + 5], weights[w2 + 5], weights[w3 + 5]);
                s6 = biased(s6, weights[w0 + 6], weights[w1 + 6], weights[w2 + 6], weights[w3 + 6]);
                s7 = biased(s7, weights[w0 + 7], weights[w1 + 7], weights[w2 + 7], weights[w3 + 7]);
            }
            partial[tx * ROWS + ty] = greatest(s0);
            partial[tx * ROWS + ty + 1] = greatest(s1);
            partial[tx * ROWS + ty + 2] = greatest(s2);
            partial[tx * ROWS + ty + 3] = greatest(s3);
            partial[tx * ROWS + ty + 4] = greatest(s4);
            partial[tx * ROWS + ty + 5] = greatest(s5);
            partial[tx * ROWS + ty + 6] = greatest(s6);
            partial[tx * ROWS + ty + 7] = greatest(s7);
            context.localBarrier();
            if (t < ROWS) {
                float old = rowMax[t];
                float m = old;
                for (int x = 0; x < 16; x++) {
                    m = TornadoMath.max(m, partial[x * ROWS + t]);
                }
                rowMax[t] = m;
                shrink[t] = TornadoMath.exp(old - finite(m));
            }
            context.localBarrier();
            float f0 = shrink[ty], f1 = shrink[ty + 1], f2 = shrink[ty + 2], f3 = shrink[ty + 3];
            float f4 = shrink[ty + 4], f5 = shrink[ty + 5];
            float f6 = shrink[ty + 6], f7 = shrink[ty + 7];
            Float4 e0 = weights(s0, finite(rowMax[ty]));
            weights[w0] = e0.get(0);
            weights[w1] = e0.get(1);
            weights[w2] = e0.get(2);
            weights[w3] = e0.get(3);
            l0 = l0 * f0 + sum(e0);
            Float4 e1 = weights(s1, finite(rowMax[ty + 1]));
            weights[w0 + 1] = e1.get(0);
            weights[w1 + 1] = e1.get(1);
            weights[w2 + 1] = e1.get(2);
            weights[w3 + 1] = e1.get(3);
            l1 = l1 * f1 + sum(e1);
            Float4 e2 = weights(s2, finite(rowMax[ty + 2]));
            weights[w0 + 2] = e2.get(0);
            weights[w1 + 2] = e2.get(1);
            weights[w2 + 2] = e2.get(2);
            weights[w3 + 2] = e2.get(3);
            l2 = l2 * f2 + sum(e2);
            Float4 e3 = weights(s3, finite(rowMax[ty + 3]));
            weights[w0 + 3] = e3.get(0);
            weights[w1 + 3] = e3.get(1);
            weights[w2 + 3] = e3.get(2);
            weights[w3 + 3] = e3.get(3);
            l3 = l3 * f3 + sum(e3);
            Float4 e4 = weights(s4, finite(rowMax[ty + 4]));
            weights[w0 + 4] = e4.get(0);
            weights[w1 + 4] = e4.get(1);
            weights[w2 + 4] = e4.get(2);
            weights[w3 + 4] = e4.get(3);
            l4 = l4 * f4 + sum(e4);
            Float4 e5 = weights(s5, finite(rowMax[ty + 5]));
            weights[w0 + 5] = e5.get(0);
            weights[w1 + 5] = e5.get(1);
            weights[w2 + 5] = e5.get(2);
            weights[w3 + 5] = e5.get(3);
            l5 = l5 * f5 + sum(e5);
            Float4 e6 = weights(s6, finite(rowMax[ty + 6]));
            weights[w0 + 6] = e6.get(0);
            weights[w1 + 6] = e6.get(1);
            weights[w2 + 6] = e6.get(2);
            weights[w3 + 6] = e6.get(3);
            l6 = l6 * f6 + sum(e6);
            Float4 e7 = weights(s7, finite(rowMax[ty + 7]));
            weights[w0 + 7] = e7.get(0);
            weights[w1 + 7] = e7.get(1);
            weights[w2 + 7] = e7.get(2);
            weights[w3 + 7] = e7.get(3);
            l7 = l7 * f7 + sum(e7);
            context.localBarrier();
            for (int x = t; x < 16 * KEYS; x += GROUP) {
                int c = Math.min(x % 16, dv4 - 1);
                Float4 v = value.get(valueAt + Math.min(tile + x / 16, keys - 1) * dv4 + c);
                tiles[x * 4] = v.get(0);
                tiles[x * 4 + 1] = v.get(1);
                tiles[x * 4 + 2] = v.get(2);
                tiles[x * 4 + 3] = v.get(3);
            }
            context.localBarrier();
            Float4 a00 = zero4(), a01 = zero4(), a02 = zero4(), a03 = zero4();
            Float4 a04 = zero4(), a05 = zero4(), a06 = zero4(), a07 = zero4();
            for (int j = 0; j < KEYS; j++) {
                int at = j * 64 + tx * 4;
                Float4 v = new Float4(tiles[at], tiles[at + 1], tiles[at + 2], tiles[at + 3]);
                int w = j * PITCH + ty;
                a00 = fma(a00, v, weights[w]);
                a01 = fma(a01, v, weights[w + 1]);
                a02 = fma(a02, v, weights[w + 2]);
                a03 = fma(a03, v, weights[w + 3]);
                a04 = fma(a04, v, weights[w + 4]);
                a05 = fma(a05, v, weights[w + 5]);
                a06 = fma(a06, v, weights[w + 6]);
                a07 = fma(a07, v, weights[w + 7]);
            }
            o00 = fma(a00, o00, f0);
            o01 = fma(a01, o01, f1);
            o02 = fma(a02, o02, f2);
            o03 = fma(a03, o03, f3);
            o04 = fma(a04, o04, f4);
            o05 = fma(a05, o05, f5);
            o06 = fma(a06, o06, f6);
            o07 = fma(a07, o07, f7);
            if (dv4 > 16) {
                context.localBarrier();
                for (int x = t; x < 16 * KEYS; x += GROUP) {
                    int c = Math.min(x % 16 + 16, dv4 - 1);
                    Float4 v = value.get(valueAt + Math.min(tile + x / 16, keys - 1) * dv4 + c);
                    tiles[x * 4] = v.get(0);
                    tiles[x * 4 + 1] = v.get(1);
                    tiles[x * 4 + 2] = v.get(2);
                    tiles[x * 4 + 3] = v.get(3);
                }
                context.localBarrier();
                Float4 a10 = zero4(), a11 = zero4(), a12 = zero4(), a13 = zero4();
                Float4 a14 = zero4(), a15 = zero4(), a16 = zero4(), a17 = zero4();
                for (int j = 0; j < KEYS; j++) {
                    int at = j * 64 + tx * 4;
                    Float4 v = new Float4(tiles[at], tiles[at + 1], tiles[at + 2], tiles[at + 3]);
                    int w = j * PITCH + ty;
                    a10 = fma(a10, v, weights[w]);
                    a11 = fma(a11, v, weights[w + 1]);
                    a12 = fma(a12, v, weights[w + 2]);
                    a13 = fma(a13, v, weights[w + 3]);
                    a14 = fma(a14, v, weights[w + 4]);
                    a15 = fma(a15, v, weights[w + 5]);
                    a16 = fma(a16, v, weights[w + 6]);
                    a17 = fma(a17, v, weights[w + 7]);
                }
                o10 = fma(a10, o10, f0);
                o11 = fma(a11, o11, f1);
                o12 = fma(a12, o12, f2);
                o13 = fma(a13, o13, f3);
                o14 = fma(a14, o14, f4);
                o15 = fma(a15, o15, f5);
                o16 = fma(a16, o16, f6);
                o17 = fma(a17, o17, f7);
            }
            if (dv4 > 32) {
                context.localBarrier();
                for (int x = t; x < 16 * KEYS; x += GROUP) {
                    int c = Math.min(x % 16 + 32, dv4 - 1);
                    Float4 v = value.get(valueAt + Math.min(tile + x / 16, keys - 1) * dv4 + c);
                    tiles[x * 4] = v.get(0);
                    tiles[x * 4 + 1] = v.get(1);
                    tiles[x * 4 + 2] = v.get(2);
                    tiles[x * 4 + 3] = v.get(3);
                }
                context.localBarrier();
                Float4 a20 = zero4(), a21 = zero4(), a22 = zero4(), a23 = zero4();
                Float4 a24 = zero4(), a25 = zero4(), a26 = zero4(), a27 = zero4();
                for (int j = 0; j < KEYS; j++) {
                    int at = j * 64 + tx * 4;
                    Float4 v = new Float4(tiles[at], tiles[at + 1], tiles[at + 2], tiles[at + 3]);
                    int w = j * PITCH + ty;
                    a20 = fma(a20, v, weights[w]);
                    a21 = fma(a21, v, weights[w + 1]);
                    a22 = fma(a22, v, weights[w + 2]);
                    a23 = fma(a23, v, weights[w + 3]);
                    a24 = fma(a24, v, weights[w + 4]);
                    a25 = fma(a25, v, weights[w + 5]);
                    a26 = fma(a26, v, weights[w + 6]);
                    a27 = fma(a27, v, weights[w + 7]);
                }
                o20 = fma(a20, o20, f0);
                o21 = fma(a21, o21, f1);
                o22 = fma(a22, o22, f2);
                o23 = fma(a23, o23, f3);
                o24 = fma(a24, o24, f4);
                o25 = fma(a25, o25, f5);
                o26 = fma(a26, o26, f6);
                o27 = fma(a27, o27, f7);
            }
        }
        context.localBarrier();
        partial[tx * ROWS + ty] = l0;
        partial[tx * ROWS + ty + 1] = l1;
        partial[tx * ROWS + ty + 2] = l2;
        partial[tx * ROWS + ty + 3] = l3;
        partial[tx * ROWS + ty + 4] = l4;
        partial[tx * ROWS + ty + 5] = l5;
        partial[tx * ROWS + ty + 6] = l6;
        partial[tx * ROWS + ty + 7] = l7;

        context.localBarrier();
        if (t < ROWS) {
            float l = 0f;
            for (int x = 0; x < 16; x++) {
                l += partial[x * ROWS + t];
            }
            shrink[t] = l == 0f ? 0f : 1f / l;
            if (block + t < rows) {
                float natural = rowMax[t] + TornadoMath.log(l);
                logSumExp.set(
                        head * queryCapacity + block + t,
                        l == 0f ? Float.NEGATIVE_INFINITY : natural);
            }
        }
        context.localBarrier();
        int out = (head * queryCapacity + block + ty) * dv4 + tx;
        int left = rows - block - ty;
        if (tx < dv4) {
            put(output, out, o00, shrink[ty], left > 0);
            put(output, out + 1 * dv4, o01, shrink[ty + 1], 1 < left);
            put(output, out + 2 * dv4, o02, shrink[ty + 2], 2 < left);
            put(output, out + 3 * dv4, o03, shrink[ty + 3], 3 < left);
            put(output, out + 4 * dv4, o04, shrink[ty + 4], 4 < left);
            put(output, out + 5 * dv4, o05, shrink[ty + 5], 5 < left);
            put(output, out + 6 * dv4, o06, shrink[ty + 6], 6 < left);
            put(output, out + 7 * dv4, o07, shrink[ty + 7], 7 < left);
        }
        if (tx + 16 < dv4) {
            put(output, out + 16, o10, shrink[ty], left > 0);
            put(output, out + 1 * dv4 + 16, o11, shrink[ty + 1], 1 < left);
            put(output, out + 2 * dv4 + 16, o12, shrink[ty + 2], 2 < left);
            put(output, out + 3 * dv4 + 16, o13, shrink[ty + 3], 3 < left);
            put(output, out + 4 * dv4 + 16, o14, shrink[ty + 4], 4 < left);
            put(output, out + 5 * dv4 + 16, o15, shrink[ty + 5], 5 < left);
            put(output, out + 6 * dv4 + 16, o16, shrink[ty + 6], 6 < left);
            put(output, out + 7 * dv4 + 16, o17, shrink[ty + 7], 7 < left);
        }
        if (tx + 32 < dv4) {
            put(output, out + 32, o20, shrink[ty], left > 0);
            put(output, out + 1 * dv4 + 32, o21, shrink[ty + 1], 1 < left);
            put(output, out + 2 * dv4 + 32, o22, shrink[ty + 2], 2 < left);
            put(output, out + 3 * dv4 + 32, o23, shrink[ty + 3], 3 < left);
            put(output, out + 4 * dv4 + 32, o24, shrink[ty + 4], 4 < left);
            put(output, out + 5 * dv4 + 32, o25, shrink[ty + 5], 5 < left);
            put(output, out + 6 * dv4 + 32, o26, shrink[ty + 6], 6 < left);
            put(output, out + 7 * dv4 + 32, o27, shrink[ty + 7], 7 < left);
        }
    }

    private static void put(VectorFloat4 output, int at, Float4 x, float factor, boolean wanted) {
        if (wanted) {
            output.set(at, Float4.mult(x, factor));
        }
    }
}
