package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;
import io.github.subquad.BackwardInputs;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The gradients of a block of keys of one head, on one thread: keys and values are transposed to
 * sub-blocks of {@link Kernels#WIDTH} lanes once, the queries pass block by block, and every step
 * stays in the second-level cache. The gradients of keys and values are sums over all that pass;
 * those of the queries are handed out block by block.
 */
final class BlockGradients {
    private static final int WIDTH = Kernels.WIDTH;

    private final Kernels kernels;
    private final GradientSize size;
    private final int paddedChannels;
    private final RowCopy rowCopy;
    private final MaskBlock mask;

    /** Keys and values of all sub-blocks, [channels][WIDTH] each. */
    private final float[] keyT;

    private final float[] valueT;

    /** Keys times scale, row by row, padded with zeros. */
    private final float[] keyRows;

    /** Gradients of all sub-blocks, [channels][WIDTH] each; those of keys times log2(e). */
    private final float[] gradKeyT;

    private final float[] gradValueT;

    /** The block of queries that passes, times scale · log2(e) as in the forward pass. */
    private final float[] query;

    private final float[] gradOutput;
    private final float[] neg;
    private final float[] delta;

    /** What the staged keys contribute to the queries' gradients, rows padded. */
    private final float[] gradQuery;

    /** Scores, then weights; gradients of weights, then of scores: [queries + slack][WIDTH]. */
    private final float[] s;

    private final float[] ds;

    /** Rows on their way in or out, or a square of kept scores. */
    private final float[] stage;

    private final float[] factors = new float[WIDTH];

    /** Sums of scores' gradients over the queries of a head, for masks of one row. */
    private final float[] maskRow;

    private int keys;
    private boolean keysFinite;
    private boolean queriesFinite;

    BlockGradients(Kernels kernels, GradientSize size) {
        this.kernels = kernels;
        this.size = size;
        int lanes = lanes(size);
        rowCopy = new RowCopy(kernels);
        mask = new MaskBlock(rowCopy, size.queryBlock(), WIDTH);
        paddedChannels = padded(size.channels());
        keyT = new float[lanes * size.channels()];
        valueT = new float[lanes * size.valueChannels()];
        keyRows = new float[lanes * paddedChannels];
        gradKeyT = new float[lanes * size.channels()];
        gradValueT = new float[lanes * size.valueChannels()];
        query = new float[size.queryBlock() * size.channels()];
        gradOutput = new float[size.queryBlock() * size.valueChannels()];
        neg = new float[size.queryBlock()];
        delta = new float[size.queryBlock()];
        gradQuery = new float[size.queryBlock() * paddedChannels];
        s = new float[(size.queryBlock() + Kernels.SLACK) * WIDTH];
        ds = new float[(size.queryBlock() + Kernels.SLACK) * WIDTH];
        stage = new float[stageFloats(size)];
        maskRow = new float[lanes];
    }

    /** What the constructor allocates. */
    static long bytes(GradientSize size) {
        long channels = size.channels();
        long valueChannels = size.valueChannels();
        long ofKeys = 2 * (channels + valueChannels) + padded(size.channels());
        long ofQueries = channels + valueChannels + padded(size.channels()) + 2;
        return RowCopy.bytes()
                + MaskBlock.bytes(size.queryBlock(), WIDTH)
                + Float.BYTES
                        * (lanes(size) * (ofKeys + 1)
                                + size.queryBlock() * ofQueries
                                + 2L * (size.queryBlock() + Kernels.SLACK) * WIDTH
                                + stageFloats(size)
                                + WIDTH);
    }

    private static int lanes(GradientSize size) {
        return (int) Tiling.padded(size.keyBlock());
    }

    private static int padded(int channels) {
        return Math.ceilDiv(channels, Kernels.CHANNEL_MULTIPLE) * Kernels.CHANNEL_MULTIPLE;
    }

    private static int stageFloats(GradientSize size) {
        int channels = Math.max(size.channels(), size.valueChannels());
        return Math.max(Math.max(WIDTH, size.queryBlock()) * channels, WIDTH * WIDTH);
    }

    /** Brings in a block of keys and forgets all gradients. */
    void begin(AttentionInputs in, long batch, long keyHead, long firstKey, int n) {
        int d = size.channels();
        int dv = size.valueChannels();
        float scale = (float) in.scale();
        keys = n;
        for (int w = 0; w < n; w += WIDTH) {
            int m = Math.min(WIDTH, n - w);
            rowCopy.read(in.key(), batch, keyHead, firstKey + w, m, stage, 0);
            kernels.transposeIn(stage, 0, d, m, d, 1, keyT, w * d);
            for (int i = 0; i < m; i++) {
                for (int c = 0; c < d; c++) {
                    keyRows[(w + i) * paddedChannels + c] = scale * stage[i * d + c];
                }
            }
            rowCopy.read(in.value(), batch, keyHead, firstKey + w, m, stage, 0);
            kernels.transposeIn(stage, 0, dv, m, dv, 1, valueT, w * dv);
        }
        keysFinite = kernels.allFinite(keyRows, 0, n * paddedChannels);
        Arrays.fill(gradKeyT, 0);
        Arrays.fill(gradValueT, 0);
    }

    /** Brings in a block of queries. */
    void beginQueries(BackwardInputs in, Rows rows, TermStore terms, long row) {
        AttentionInputs call = in.call();
        rowCopy.read(call.query(), rows.batch(), rows.head(), rows.first(), rows.n(), query, 0);
        float factor = (float) (call.scale() / OnlineSoftmax.LN_2);
        for (int i = 0; i < rows.n() * size.channels(); i++) {
            query[i] *= factor;
        }
        rowCopy.read(
                in.gradOutput(), rows.batch(), rows.head(), rows.first(), rows.n(), gradOutput, 0);
        terms.read(row, rows.n(), neg, delta);
        Arrays.fill(gradQuery, 0, rows.n() * paddedChannels, 0);
        boolean hides = call.mask() != null || !call.seesEveryKey();
        queriesFinite =
                !hides // nothing can leak where nothing is hidden
                        || kernels.allFinite(query, 0, rows.n() * size.channels())
                                && kernels.allFinite(
                                        gradOutput, 0, rows.n() * size.valueChannels());
    }

    /** What is known of some rows as a whole, for all tasks to come. */
    void writeTerms(BackwardInputs in, Rows rows, TermStore terms, long row) {
        int dv = size.valueChannels();
        rowCopy.read(
                in.gradOutput(), rows.batch(), rows.head(), rows.first(), rows.n(), gradOutput, 0);
        rowCopy.read(in.output(), rows.batch(), rows.head(), rows.first(), rows.n(), stage, 0);
        for (int i = 0; i < rows.n(); i++) {
            delta[i] = TermStore.delta(gradOutput, stage, i, dv);
            neg[i] = TermStore.neg(in, rows, i);
        }
        terms.write(row, rows.n(), neg, delta);
    }

    /**
     * The scores' gradients of one sub-block.
     *
     * @param first the first row of the block that sees a key of the sub-block
     * @param rows queries from there on
     * @param lanes keys
     * @param values gradients from the first of these rows, [rows][WIDTH]; lanes beyond are
     *     meaningless
     */
    record ScoreGradients(int first, int rows, int lanes, float[] values) {}

    /**
     * Adds what a sub-block of the staged keys and the staged queries contribute to each other.
     *
     * @param kept scores of the forward pass, or null
     * @param head of the queries, numbered over all batches
     * @param key the first key of the sub-block
     * @param w its first lane within the block
     * @return null if no query sees any of the keys
     */
    @Nullable ScoreGradients step(
            AttentionInputs in, Rows rows, @Nullable KeptScores kept, long head, long key, int w) {
        int lanes = Math.min(WIDTH, keys - w);
        int first = firstRow(in, rows, key);
        int n = rows.n() - first;
        if (n <= 0) {
            return null;
        }
        boolean allKept = kept != null && kept.has(head, rows.first() + rows.n() - 1);
        MaskBlock.Effect effect = allKept ? keptEffect(in) : stageMask(in, rows, first, key, lanes);
        if (effect == MaskBlock.Effect.HIDES_ALL) {
            return null;
        }
        int d = size.channels();
        int dv = size.valueChannels();
        if (!allKept) {
            kernels.scores(query, first * d, d, n, d, keyT, w * d, s, 0);
            if (effect == MaskBlock.Effect.SOMETHING) {
                kernels.addBias(s, n * WIDTH, mask.rows(), 0);
            }
        }
        if (kept != null) {
            readKept(kept, rows, head, key, lanes, first);
        }
        boolean cut = hideLater(in, rows, first, n, key, lanes);
        kernels.scores(gradOutput, first * dv, dv, n, dv, valueT, w * dv, ds, 0);
        boolean hides = cut || effect == MaskBlock.Effect.SOMETHING;
        boolean leaky = hides && !(keysFinite && queriesFinite);
        boolean[] hidden = leaky ? OnlineSoftmax.hidden(s, n * WIDTH) : null;
        kernels.scoreGradients(s, ds, n, neg, delta, first);
        if (hidden == null) {
            addAll(first, n, lanes, w);
        } else {
            addVisible(hidden, first, n, lanes, w);
        }
        return new ScoreGradients(first, n, lanes, ds);
    }

    private MaskBlock.Effect stageMask(
            AttentionInputs in, Rows rows, int first, long key, int lanes) {
        return in.mask() == null
                ? MaskBlock.Effect.NOTHING
                : mask.stage(
                        in.mask(),
                        rows.batch(),
                        rows.head(),
                        rows.first() + first,
                        rows.n() - first,
                        key,
                        lanes,
                        WIDTH);
    }

    /** Kept scores are masked already. */
    private static MaskBlock.Effect keptEffect(AttentionInputs in) {
        return in.mask() == null ? MaskBlock.Effect.NOTHING : MaskBlock.Effect.SOMETHING;
    }

    /** The first row that sees the key, at the beginning of a stripe: kept scores begin there. */
    private static int firstRow(AttentionInputs in, Rows rows, long key) {
        if (in.seesEveryKey()) {
            return 0;
        }
        long row = Math.max(0, key - in.diagonal() - rows.first());
        return row >= rows.n() ? rows.n() : (int) row / WIDTH * WIDTH;
    }

    /** Takes the place of what was computed, stripe by stripe, where the forward pass kept it. */
    private void readKept(KeptScores kept, Rows rows, long head, long key, int lanes, int first) {
        for (int i = first; i < rows.n(); i += WIDTH) {
            long query = rows.first() + i;
            if (kept.has(head, query)) {
                int n = Math.min(WIDTH, rows.n() - i);
                kept.read(head, query, key, lanes, stage);
                kernels.transposeIn(stage, 0, WIDTH, lanes, n, 1, s, (i - first) * WIDTH);
            }
        }
    }

    /** Hides what causality hides within the sub-block; true if that is anything. */
    private boolean hideLater(
            AttentionInputs in, Rows rows, int first, int n, long key, int lanes) {
        boolean cut = false;
        for (int i = 0; i < n; i++) {
            int last = Visible.lastKey(in, rows.first() + first + i, key, lanes);
            if (last >= lanes - 1) {
                break; // so do all rows after it
            }
            int from = i * WIDTH + Math.max(0, last + 1);
            Arrays.fill(s, from, (i + 1) * WIDTH, Float.NEGATIVE_INFINITY);
            cut = true;
        }
        return cut;
    }

    /** The three sums over pairs. */
    private void addAll(int first, int n, int lanes, int w) {
        int d = size.channels();
        int dv = size.valueChannels();
        kernels.weightedSum(s, n, gradOutput, first * dv, dv, dv, gradValueT, w * dv);
        kernels.weightedSum(ds, n, query, first * d, d, d, gradKeyT, w * d);
        kernels.addProduct(
                ds,
                n,
                lanes,
                keyRows,
                w * paddedChannels,
                paddedChannels,
                gradQuery,
                first * paddedChannels);
    }

    /** Pair by pair, so that a weight of 0 does not let NaN or infinity through. */
    private void addVisible(boolean[] hidden, int first, int n, int lanes, int w) {
        int d = size.channels();
        int dv = size.valueChannels();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < lanes; j++) {
                int at = i * WIDTH + j;
                if (hidden[at]) {
                    continue;
                }
                for (int c = 0; c < dv; c++) {
                    gradValueT[(w * dv + c * WIDTH) + j] +=
                            s[at] * gradOutput[(first + i) * dv + c];
                }
                for (int c = 0; c < d; c++) {
                    gradKeyT[(w * d + c * WIDTH) + j] += ds[at] * query[(first + i) * d + c];
                    gradQuery[(first + i) * paddedChannels + c] +=
                            ds[at] * keyRows[(w + j) * paddedChannels + c];
                }
            }
        }
    }

    /** Begins sums over the queries of a head. */
    void beginMaskRow() {
        Arrays.fill(maskRow, 0);
    }

    /** Adds to these sums, from lane w of the block. */
    void addToMaskRow(ScoreGradients part, int w) {
        for (int i = 0; i < part.rows(); i++) {
            for (int j = 0; j < part.lanes(); j++) {
                maskRow[w + j] += part.values()[i * WIDTH + j];
            }
        }
    }

    /** These sums for all keys of the block. */
    float[] maskRow() {
        return maskRow;
    }

    /** Adds to, or becomes, the gradients of the block of queries. */
    void addQueriesTo(Tensor gradient, Rows rows, boolean firstKeys) {
        int d = size.channels();
        if (!firstKeys) {
            rowCopy.read(gradient, rows.batch(), rows.head(), rows.first(), rows.n(), stage, 0);
        }
        for (int i = 0; i < rows.n(); i++) {
            int at = i * d;
            int from = i * paddedChannels;
            for (int c = 0; c < d; c++) {
                stage[at + c] = (firstKeys ? 0 : stage[at + c]) + gradQuery[from + c];
            }
        }
        rowCopy.write(stage, gradient, rows.batch(), rows.head(), rows.first(), rows.n());
    }

    /** Writes the gradients of the block of keys and values. */
    void writeKeys(Tensor key, Tensor value, long batch, long keyHead, long firstKey) {
        Arrays.fill(factors, (float) OnlineSoftmax.LN_2); // the queries were in base 2
        write(gradKeyT, size.channels(), key, batch, keyHead, firstKey);
        Arrays.fill(factors, 1);
        write(gradValueT, size.valueChannels(), value, batch, keyHead, firstKey);
    }

    private void write(
            float[] columns, int d, Tensor gradient, long batch, long keyHead, long firstKey) {
        for (int w = 0; w < keys; w += WIDTH) {
            int n = Math.min(WIDTH, keys - w);
            kernels.transposeOut(columns, w * d, factors, 0, n, d, stage, 0, d);
            rowCopy.write(stage, gradient, batch, keyHead, firstKey + w, n);
        }
    }
}
