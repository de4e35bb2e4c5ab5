package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Step 1 of the ladder: the algorithm of "Self-attention Does Not Need O(n²) Memory" (arXiv
 * 2112.05682, section 3) as it stands, one kernel a formula, one work-item a number or a row. The
 * oracle of the steps that follow. Ordinary Java too: called on the host, each method computes the
 * same.
 *
 * <p>Rows are numbered over heads, then queries: {@code [heads, query capacity]}. Scores and
 * weights are {@code [rows, chunk capacity]}, values {@code [rows, value channels]}.
 *
 * <p>Every number that a launch needs comes from the {@link Frame}, so that one text serves all
 * shapes and a driver that keeps compiled kernels compiles it once. Values are finite wherever a
 * pair may be hidden: {@link SpoiltValues} sees to that.
 */
final class PlainStages {
    private PlainStages() {}

    /**
     * Keys side by side for each channel, {@code [key heads, channels, key capacity]}, so that
     * neighbouring work-items of {@link #chunkScore} read neighbours. Grid: channels of all key
     * heads × keys.
     */
    static void transposeKeys(FloatArray key, FloatArray keyT, IntArray frame) {
        int channels = frame.get(Frame.CHANNELS);
        int lines = frame.get(Frame.HEADS) / frame.get(Frame.GROUP) * channels;
        int capacity = frame.get(Frame.KEY_CAPACITY);
        for (@Parallel int line = 0; line < lines; line++) {
            for (@Parallel int j = 0; j < capacity; j++) {
                int head = line / channels;
                int c = line % channels;
                keyT.set(line * capacity + j, key.get((head * capacity + j) * channels + c));
            }
        }
    }

    /** State of no keys: sums 0 and maxima −∞, {@code [rows]}. Grid: rows. */
    static void clearState(
            FloatArray stateValues, FloatArray stateSum, FloatArray stateMax, IntArray frame) {
        int rows = frame.get(Frame.HEADS) * frame.get(Frame.QUERY_CAPACITY);
        int channels = frame.get(Frame.VALUE_CHANNELS);
        for (@Parallel int row = 0; row < rows; row++) {
            stateSum.set(row, 0);
            stateMax.set(row, Float.NEGATIVE_INFINITY);
            for (int c = 0; c < channels; c++) {
                stateValues.set(row * channels + c, 0);
            }
        }
    }

    /** s = scale·q·k + bias, −∞ where the pair is hidden. Grid: rows × keys of the chunk. */
    static void chunkScore(
            FloatArray query,
            FloatArray keyT,
            FloatArray mask,
            FloatArray score,
            FloatArray scale,
            IntArray frame,
            int masked) {
        int queryCapacity = frame.get(Frame.QUERY_CAPACITY);
        int rows = frame.get(Frame.HEADS) * queryCapacity;
        int keys = frame.get(Frame.KEYS);
        int channels = frame.get(Frame.CHANNELS);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int j = 0; j < keys; j++) {
                int head = row / queryCapacity;
                int i = row % queryCapacity;
                int keyHead = head / frame.get(Frame.GROUP);
                int at = frame.get(Frame.FIRST_KEY) + j;
                int q = row * channels;
                int capacity = frame.get(Frame.KEY_CAPACITY);
                int k = keyHead * channels * capacity + at;
                float dot = 0;
                for (int c = 0; c < channels; c++) {
                    dot += query.get(q + c) * keyT.get(k + c * capacity);
                }
                float bias = 0;
                if (masked == 1 && i < frame.get(Frame.QUERIES)) {
                    int batch = head / frame.get(Frame.HEADS_PER_BATCH);
                    int inBatch = head % frame.get(Frame.HEADS_PER_BATCH);
                    bias =
                            mask.get(
                                    frame.get(Frame.MASK_OFFSET)
                                            + batch * frame.get(Frame.MASK_BATCH_STRIDE)
                                            + inBatch * frame.get(Frame.MASK_HEAD_STRIDE)
                                            + i * frame.get(Frame.MASK_QUERY_STRIDE)
                                            + at);
                }
                float hidden = Float.NEGATIVE_INFINITY;
                float shown = scale.get(0) * dot + bias;
                float s = at > i + frame.get(Frame.DIAGONAL) ? hidden : shown;
                score.set(row * frame.get(Frame.CHUNK_CAPACITY) + j, bias == hidden ? hidden : s);
            }
        }
    }

    /** m = max s, −∞ if the row sees no key; NaN counts for nothing here. Grid: rows. */
    static void rowMax(FloatArray score, FloatArray maxScore, IntArray frame) {
        int rows = frame.get(Frame.HEADS) * frame.get(Frame.QUERY_CAPACITY);
        int keys = frame.get(Frame.KEYS);
        for (@Parallel int row = 0; row < rows; row++) {
            int at = row * frame.get(Frame.CHUNK_CAPACITY);
            float max = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < keys; j++) {
                float s = score.get(at + j);
                max = s > max ? s : max;
            }
            maxScore.set(row, max);
        }
    }

    /** exp(s − m) in the place of s, 0 where the pair is hidden. Grid: rows × keys. */
    static void expWeights(FloatArray score, FloatArray maxScore, IntArray frame) {
        int rows = frame.get(Frame.HEADS) * frame.get(Frame.QUERY_CAPACITY);
        int keys = frame.get(Frame.KEYS);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int j = 0; j < keys; j++) {
                int at = row * frame.get(Frame.CHUNK_CAPACITY) + j;
                float none = Float.NEGATIVE_INFINITY;
                float s = score.get(at);
                float max = maxScore.get(row);
                float reference = max == none ? 0 : max;
                score.set(at, TornadoMath.exp(s - reference));
            }
        }
    }

    /** Σ exp(s − m). Grid: rows. */
    static void rowSum(FloatArray weight, FloatArray weightsSum, IntArray frame) {
        int rows = frame.get(Frame.HEADS) * frame.get(Frame.QUERY_CAPACITY);
        int keys = frame.get(Frame.KEYS);
        for (@Parallel int row = 0; row < rows; row++) {
            int at = row * frame.get(Frame.CHUNK_CAPACITY);
            float sum = 0;
            for (int j = 0; j < keys; j++) {
                sum += weight.get(at + j);
            }
            weightsSum.set(row, sum);
        }
    }

    /** Σ exp(s − m)·v. Grid: rows × value channels. */
    static void weightedSum(
            FloatArray weight, FloatArray value, FloatArray expValues, IntArray frame) {
        int queryCapacity = frame.get(Frame.QUERY_CAPACITY);
        int rows = frame.get(Frame.HEADS) * queryCapacity;
        int keys = frame.get(Frame.KEYS);
        int channels = frame.get(Frame.VALUE_CHANNELS);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int c = 0; c < channels; c++) {
                int keyHead = row / queryCapacity / frame.get(Frame.GROUP);
                int first = keyHead * frame.get(Frame.KEY_CAPACITY) + frame.get(Frame.FIRST_KEY);
                int at = row * frame.get(Frame.CHUNK_CAPACITY);
                float sum = 0;
                for (int j = 0; j < keys; j++) {
                    sum += weight.get(at + j) * value.get((first + j) * channels + c);
                }
                expValues.set(row * channels + c, sum);
            }
        }
    }

    /**
     * The state and the chunk as one: both rescaled by exp(their maximum − the greater). Grid:
     * rows.
     */
    static void mergeChunk(
            FloatArray expValues,
            FloatArray weightsSum,
            FloatArray maxScore,
            FloatArray stateValues,
            FloatArray stateSum,
            FloatArray stateMax,
            IntArray frame) {
        int rows = frame.get(Frame.HEADS) * frame.get(Frame.QUERY_CAPACITY);
        int channels = frame.get(Frame.VALUE_CHANNELS);
        for (@Parallel int row = 0; row < rows; row++) {
            float old = stateMax.get(row);
            float chunk = maxScore.get(row);
            float max = chunk > old ? chunk : old;
            // Equal infinities give 1 and not NaN: two empty states stay empty.
            float scaleOld = old == max ? 1 : TornadoMath.exp(old - max);
            float scaleChunk = chunk == max ? 1 : TornadoMath.exp(chunk - max);
            stateMax.set(row, max);
            stateSum.set(row, scaleOld * stateSum.get(row) + scaleChunk * weightsSum.get(row));
            for (int c = 0; c < channels; c++) {
                int at = row * channels + c;
                stateValues.set(
                        at, scaleOld * stateValues.get(at) + scaleChunk * expValues.get(at));
            }
        }
    }

    /**
     * softmax(s)·v, zeros if the row saw no key, and the log-sum-exp m + ln Σ exp(s − m), −∞ then.
     * Grid: rows.
     */
    static void normalizeRows(
            FloatArray stateValues,
            FloatArray stateSum,
            FloatArray stateMax,
            FloatArray output,
            FloatArray logSumExp,
            IntArray frame) {
        int rows = frame.get(Frame.HEADS) * frame.get(Frame.QUERY_CAPACITY);
        int channels = frame.get(Frame.VALUE_CHANNELS);
        for (@Parallel int row = 0; row < rows; row++) {
            float sum = stateSum.get(row);
            float none = Float.NEGATIVE_INFINITY;
            float inverse = sum == 0 ? 0 : 1 / sum;
            float log = stateMax.get(row) + TornadoMath.log(sum);
            logSumExp.set(row, sum == 0 ? none : log);
            for (int c = 0; c < channels; c++) {
                output.set(row * channels + c, inverse * stateValues.get(row * channels + c));
            }
        }
    }
}
