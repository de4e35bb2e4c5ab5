package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttnChunk;

import java.util.Arrays;

/**
 * Few query rows over many keys (decoding), on one thread: the rows of all query heads that share a
 * key head are taken together, {@link Kernels#ROWS} abreast, so that each key and value is read
 * once. Rows are ordered head by head.
 */
final class RowAttention extends OnlineSoftmax {
    private static final int ROWS = Kernels.ROWS;

    private final int keyBlock;
    private final KeyStream stream;
    private final RowCopy rowCopy;
    private final MaskBlock mask;

    /** Masks and causality of ROWS rows as numbers to add, [keys][ROWS]. */
    private final float[] bias;

    /** Query rows times scale · log2(e); the last is repeated to a multiple of ROWS. */
    private final float[] query;

    /** Weighted sums, [rows][value channels]. */
    private final float[] out;

    private boolean biased;

    RowAttention(
            Kernels kernels, float rise, int rows, int keyBlock, int channels, int valueChannels) {
        super(kernels, rise, ROWS, Math.ceilDiv(rows, ROWS), keyBlock);
        this.keyBlock = keyBlock;
        rowCopy = new RowCopy(kernels);
        stream = new KeyStream(kernels, rowCopy, channels, valueChannels);
        mask = new MaskBlock(rowCopy, 1, keyBlock);
        bias = new float[keyBlock * ROWS];
        query = new float[padded(rows) * channels];
        out = new float[padded(rows) * valueChannels];
    }

    /** What the constructor allocates. */
    static long bytes(int rows, int keyBlock, int channels, int valueChannels) {
        return OnlineSoftmax.bytes(ROWS, Math.ceilDiv(rows, ROWS), keyBlock)
                + RowCopy.bytes()
                + KeyStream.bytes(channels, valueChannels)
                + MaskBlock.bytes(1, keyBlock)
                + Float.BYTES
                        * ((long) keyBlock * ROWS
                                + (long) padded(rows) * (channels + valueChannels));
    }

    private static int padded(int rows) {
        return Math.ceilDiv(rows, ROWS) * ROWS;
    }

    /**
     * Attends the rows of a group of heads to the keys from {@code firstKey} to {@code endKey}.
     *
     * @param rows tokens of the first head of the group; the other heads' follow
     * @return their sums, rows head by head
     */
    AttnChunk attend(AttentionInputs in, Rows rows, long firstKey, long endKey) {
        int heads = (int) Rows.groupSize(in);
        int count = heads * rows.n();
        clear();
        Arrays.fill(out, 0);
        readQueries(in, rows, heads);
        for (long key = firstKey; key < endKey; key += keyBlock) {
            int n = (int) Math.min(keyBlock, endKey - key);
            if (Visible.keys(in, rows.first() + rows.n() - 1) > key) {
                attendBlock(in, rows, count, key, n);
            }
        }
        return chunk(count);
    }

    private void readQueries(AttentionInputs in, Rows rows, int heads) {
        int d = stream.channels;
        for (int h = 0; h < heads; h++) {
            int at = h * rows.n() * d;
            rowCopy.read(
                    in.query(), rows.batch(), rows.head() + h, rows.first(), rows.n(), query, at);
        }
        int count = heads * rows.n();
        float scale = (float) (in.scale() / LN_2);
        for (int i = 0; i < count * d; i++) {
            query[i] *= scale;
        }
        for (int r = count; r < padded(count); r++) {
            System.arraycopy(query, (count - 1) * d, query, r * d, d);
        }
    }

    private void attendBlock(AttentionInputs in, Rows rows, int count, long key, int n) {
        stream.begin(in, rows.batch(), rows.keyHead(in), key);
        for (int group = 0; group * ROWS < count; group++) {
            MaskBlock.Effect effect = stageBias(in, rows, count, group, key, n);
            biased = effect == MaskBlock.Effect.SOMETHING;
            if (effect != MaskBlock.Effect.HIDES_ALL) {
                step(group, n, biased && stream.hasNonFiniteValue(n));
            }
        }
    }

    /** Masks and causality of one group of rows. */
    private MaskBlock.Effect stageBias(
            AttentionInputs in, Rows rows, int count, int group, long key, int n) {
        if (in.mask() == null && in.seesEveryKey()) {
            return MaskBlock.Effect.NOTHING;
        }
        boolean hidesAll = true;
        for (int lane = 0; lane < ROWS; lane++) {
            int row = Math.min(group * ROWS + lane, count - 1);
            hidesAll &= stageLane(in, rows, row, lane, key, n);
        }
        return hidesAll ? MaskBlock.Effect.HIDES_ALL : MaskBlock.Effect.SOMETHING;
    }

    /** True if the row sees none of the keys. */
    private boolean stageLane(AttentionInputs in, Rows rows, int row, int lane, long key, int n) {
        long head = rows.head() + row / rows.n();
        long token = rows.first() + row % rows.n();
        if (in.mask() != null) {
            mask.stage(in.mask(), rows.batch(), head, token, 1, key, n);
        }
        int lastKey = Visible.lastKey(in, token, key, n);
        boolean hidesAll = true;
        for (int j = 0; j < n; j++) {
            float b =
                    j > lastKey ? Float.NEGATIVE_INFINITY : in.mask() == null ? 0 : mask.rows()[j];
            bias[j * ROWS + lane] = b;
            hidesAll &= b == Float.NEGATIVE_INFINITY;
        }
        return hidesAll;
    }

    @Override
    void maskedScores(int group, int n) {
        int d = stream.channels;
        int step = KeyStream.keysOfPiece(d);
        for (int j = 0; j < n; j += step) {
            int m = Math.min(step, n - j);
            float[] keys = stream.keys(j, m);
            kernels.rowScores(query, group * ROWS * d, d, keys, 0, d, m, d, s, j * ROWS);
        }
        if (biased) {
            kernels.addBias(s, n * ROWS, bias, 0);
        }
    }

    @Override
    void columnMax(int from, int n, float[] result) {
        for (int i = from * ROWS; i < n * ROWS; i++) {
            if (s[i] > result[i % ROWS]) {
                result[i % ROWS] = s[i];
            }
        }
    }

    @Override
    boolean weights(int group, int n) {
        return kernels.rowWeights(s, n, neg, group * ROWS, part, rise);
    }

    @Override
    void rescale(int group, int lane, float factor) {
        int row = group * ROWS + lane;
        for (int i = row * stream.valueChannels; i < (row + 1) * stream.valueChannels; i++) {
            out[i] *= factor;
        }
    }

    @Override
    void addWeighted(int group, int n) {
        int dv = stream.valueChannels;
        int step = KeyStream.valuesOfPiece(dv);
        for (int j = 0; j < n; j += step) {
            int m = Math.min(step, n - j);
            float[] values = stream.values(j, m);
            kernels.rowWeightedSum(s, j * ROWS, m, values, 0, dv, dv, out, group * ROWS * dv, dv);
        }
    }

    @Override
    void addOne(int group, int lane, int key, float weight) {
        int dv = stream.valueChannels;
        float[] value = stream.values(key, 1);
        for (int c = 0; c < dv; c++) {
            out[(group * ROWS + lane) * dv + c] += weight * value[c];
        }
    }

    private AttnChunk chunk(int count) {
        float[] maxima = new float[count];
        for (int row = 0; row < count; row++) {
            maxima[row] = naturalMax(row);
        }
        return new AttnChunk(
                Arrays.copyOf(out, count * stream.valueChannels),
                Arrays.copyOf(sum, count),
                maxima);
    }
}
