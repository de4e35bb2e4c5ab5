package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttnChunk;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;

/**
 * A run of queries of one head over a range of keys, on one thread: queries are transposed to
 * sub-blocks of {@link Kernels#WIDTH} lanes once, each block of keys is staged once for all
 * sub-blocks, and every step stays in the second-level cache.
 */
final class BlockAttention extends OnlineSoftmax {
    private static final int WIDTH = Kernels.WIDTH;

    /**
     * Keys and values brought in at a time, a multiple of all tiles: while a bit is multiplied, the
     * processor fetches the next ahead, which it does not for one long copy.
     */
    private static final int BIT = 24;

    private final int keyBlock;
    private final KeyBlock block;
    private final RowCopy rowCopy;
    private final MaskBlock mask;
    private final float[] maskColumns;

    /** Queries of all sub-blocks, [channels][WIDTH] each, times scale · log2(e). */
    private final float[] qt;

    /** Weighted sums of all sub-blocks, [value channels][WIDTH] each. */
    private final float[] ot;

    /** Rows of one sub-block on their way in or out. */
    private final float[] stage;

    private final float[] factors = new float[WIDTH];

    /** What the mask does to the staged keys in the current sub-block. */
    private MaskBlock.Effect effect = MaskBlock.Effect.NOTHING;

    private boolean maskPerKey;

    /** Where scores are put aside, or null. */
    private @Nullable KeptScores kept;

    /** Head, first query and first key of the current scores. */
    private long stripeHead;

    private long stripe;
    private long stripeKey;

    /** The last of the staged keys that the first lane sees; ≥ keys: all do. */
    private int diagonal;

    BlockAttention(
            Kernels kernels, float rise, int rows, int keyBlock, int channels, int valueChannels) {
        super(kernels, rise, WIDTH, rows / WIDTH, keyBlock);
        this.keyBlock = keyBlock;
        rowCopy = new RowCopy(kernels);
        block = new KeyBlock(kernels, rowCopy, keyBlock, channels, valueChannels);
        mask = new MaskBlock(rowCopy, WIDTH, keyBlock);
        maskColumns = new float[keyBlock * WIDTH];
        qt = new float[rows * channels];
        ot = new float[rows * valueChannels];
        stage = new float[WIDTH * Math.max(channels, valueChannels)];
    }

    /** What the constructor allocates. */
    static long bytes(int rows, int keyBlock, int channels, int valueChannels) {
        return OnlineSoftmax.bytes(WIDTH, rows / WIDTH, keyBlock)
                + RowCopy.bytes()
                + KeyBlock.bytes(keyBlock, channels, valueChannels)
                + MaskBlock.bytes(WIDTH, keyBlock)
                + Float.BYTES
                        * ((long) keyBlock * WIDTH
                                + (long) rows * (channels + valueChannels)
                                + (long) WIDTH * Math.max(channels, valueChannels)
                                + WIDTH);
    }

    /**
     * Attends {@code n} queries to the keys from {@code firstKey} to {@code endKey}.
     *
     * @param keep where scores are put aside, or null
     */
    void attend(
            AttentionInputs in, Rows rows, long firstKey, long endKey, @Nullable KeptScores keep) {
        kept = keep;
        int subBlocks = Math.ceilDiv(rows.n(), WIDTH);
        clear();
        Arrays.fill(ot, 0, subBlocks * WIDTH * block.valueChannels, 0);
        readQueries(in, rows);
        long end = Math.min(endKey, Visible.keys(in, rows.first() + rows.n() - 1));
        for (long key = firstKey; key < end; key += keyBlock) {
            int n = (int) Math.min(keyBlock, endKey - key);
            attendBlock(in, rows, key, n);
        }
    }

    private void readQueries(AttentionInputs in, Rows rows) {
        float scale = (float) (in.scale() / LN_2);
        for (int w = 0; w < rows.n(); w += WIDTH) {
            int n = Math.min(WIDTH, rows.n() - w);
            rowCopy.read(in.query(), rows.batch(), rows.head(), rows.first() + w, n, stage, 0);
            kernels.transposeIn(
                    stage, 0, block.channels, n, block.channels, scale, qt, w * block.channels);
        }
    }

    private void attendBlock(AttentionInputs in, Rows rows, long key, int n) {
        stripeHead = rows.batch() * in.query().size(1) + rows.head();
        stripeKey = key;
        maskPerKey = MaskBlock.isPerKey(in.mask());
        effect = MaskBlock.Effect.NOTHING;
        if (maskPerKey) {
            effect = stageMask(in, rows, 0, 1, key, n);
            if (effect == MaskBlock.Effect.HIDES_ALL) {
                for (int w = 0; w < rows.n(); w += WIDTH) {
                    stripe = rows.first() + w;
                    keepHidden(n);
                }
                return;
            }
        }
        block.begin(in, rows.batch(), rows.keyHead(in), key);
        for (int w = 0; w < rows.n(); w += WIDTH) {
            int lanes = Math.min(WIDTH, rows.n() - w);
            long visible = Visible.keys(in, rows.first() + w + lanes - 1) - key;
            int m = (int) Math.min(n, visible);
            if (m <= 0) {
                continue;
            }
            stripe = rows.first() + w;
            if (hidesAll(in, rows, w, lanes, key, m)) {
                keepHidden(m);
            } else {
                diagonal = Visible.lastKey(in, rows.first() + w, key, m);
                boolean hides = effect == MaskBlock.Effect.SOMETHING || diagonal < m - 1;
                step(w / WIDTH, m, hides && block.hasNonFiniteValue(m));
            }
        }
    }

    private void keepHidden(int n) {
        if (kept != null && kept.has(stripeHead, stripe)) {
            kept.writeHidden(stripeHead, stripe, stripeKey, n);
        }
    }

    @Override
    void keep(int n) {
        if (kept != null && kept.has(stripeHead, stripe)) {
            kept.write(stripeHead, stripe, stripeKey, n, s);
        }
    }

    /** Stages the mask of a sub-block, unless all queries share a row, which is staged already. */
    private boolean hidesAll(AttentionInputs in, Rows rows, int w, int lanes, long key, int n) {
        if (in.mask() != null && !maskPerKey) {
            effect = stageMask(in, rows, w, lanes, key, n);
            if (effect == MaskBlock.Effect.SOMETHING) {
                kernels.transposeIn(mask.rows(), 0, n, lanes, n, 1, maskColumns, 0);
            }
        }
        return effect == MaskBlock.Effect.HIDES_ALL;
    }

    private MaskBlock.Effect stageMask(
            AttentionInputs in, Rows rows, int w, int lanes, long key, int n) {
        return mask.stage(
                Objects.requireNonNull(in.mask()),
                rows.batch(),
                rows.head(),
                rows.first() + w,
                lanes,
                key,
                n);
    }

    @Override
    void maskedScores(int group, int n) {
        int d = block.channels;
        for (int j = 0; j < n; j += BIT) {
            int m = Math.min(BIT, n - j);
            block.needKeys(j + m);
            block.needValues(j + m);
            kernels.scores(block.keys, j * d, d, m, d, qt, group * WIDTH * d, s, j * WIDTH);
        }
        if (effect == MaskBlock.Effect.SOMETHING) {
            if (maskPerKey) {
                kernels.addKeyBias(s, n, mask.rows(), 0);
            } else {
                kernels.addBias(s, n * WIDTH, maskColumns, 0);
            }
        }
        if (diagonal < n - 1) {
            kernels.maskDiagonal(s, n, diagonal);
        }
    }

    @Override
    void columnMax(int from, int n, float[] result) {
        kernels.columnMax(s, from, n, result);
    }

    @Override
    boolean weights(int group, int n) {
        return kernels.weights(s, n, neg, group * WIDTH, part, rise);
    }

    @Override
    void rescale(int group, int lane, float factor) {
        for (int c = 0; c < block.valueChannels; c++) {
            ot[(group * block.valueChannels + c) * WIDTH + lane] *= factor;
        }
    }

    @Override
    void addWeighted(int group, int n) {
        int dv = block.valueChannels;
        kernels.weightedSum(s, n, block.values, 0, dv, dv, ot, group * WIDTH * dv);
    }

    @Override
    void addOne(int group, int lane, int key, float weight) {
        int dv = block.valueChannels;
        for (int c = 0; c < dv; c++) {
            ot[(group * dv + c) * WIDTH + lane] += weight * block.values[key * dv + c];
        }
    }

    /** Writes the normalised rows and their log-sum-exp. */
    void writeTo(AttentionOutputs out, Rows rows) {
        int dv = block.valueChannels;
        for (int w = 0; w < rows.n(); w += WIDTH) {
            int n = Math.min(WIDTH, rows.n() - w);
            for (int i = 0; i < n; i++) {
                factors[i] = inverseSum(w + i);
            }
            kernels.transposeOut(ot, w * dv, factors, 0, n, dv, stage, 0, dv);
            rowCopy.write(stage, out.output(), rows.batch(), rows.head(), rows.first() + w, n);
        }
        Tensor logSumExp = out.logSumExp();
        for (int i = 0; logSumExp != null && i < rows.n(); i++) {
            long at = logSumExp.byteOffset(rows.batch(), rows.head(), rows.first() + i);
            logSumExp.dataType().write(logSumExp.segment(), at, logSumExp(i));
        }
        out.meter().advance(rows.n());
    }

    /** The sums of all rows, put into a chunk from row {@code at}. */
    void copyTo(AttnChunk chunk, int at, int n) {
        int dv = block.valueChannels;
        Arrays.fill(factors, 1);
        for (int w = 0; w < n; w += WIDTH) {
            int m = Math.min(WIDTH, n - w);
            kernels.transposeOut(
                    ot, w * dv, factors, 0, m, dv, chunk.expValues(), (at + w) * dv, dv);
        }
        for (int i = 0; i < n; i++) {
            chunk.expWeightsSum()[at + i] = sum[i];
            chunk.maxScore()[at + i] = naturalMax(i);
        }
    }
}
