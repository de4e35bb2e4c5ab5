package io.github.subquad.tornado;

import static io.github.subquad.tornado.DeviceLanes.finite;
import static io.github.subquad.tornado.DeviceLanes.fma;
import static io.github.subquad.tornado.DeviceLanes.zero4;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/**
 * The algebra of key chunks on a device: a state of exp values, their weights' sum and the maximum
 * that both are relative to, one for each query row.
 */
final class ChunkMerge {

    private ChunkMerge() {}

    /** A state of no keys: sums 0, maxima −∞. Grid: heads · queryCapacity. */
    static void clearState(
            VectorFloat4 stateValues,
            FloatArray stateSum,
            FloatArray stateMax,
            IntArray frame,
            int queryCapacity,
            int heads,
            int dv4) {
        for (@Parallel int row = 0; row < heads * queryCapacity; row++) {
            if (row / queryCapacity < frame.get(Frame.HEADS)) {
                stateSum.set(row, 0f);
                stateMax.set(row, Float.NEGATIVE_INFINITY);
                for (int c = row * dv4; c < row * dv4 + dv4; c++) {
                    stateValues.set(c, zero4());
                }
            }
        }
    }

    /**
     * Joins a chunk to the state. Both maxima −∞ leave an empty state. Grid: heads · queryCapacity.
     */
    static void mergeChunk(
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
            if (row / queryCapacity < frame.get(Frame.HEADS)
                    && row % queryCapacity < frame.get(Frame.QUERIES)) {
                float old = stateMax.get(row);
                float max = TornadoMath.max(old, maxScore.get(row));
                float reference = finite(max);
                float scaleOld = TornadoMath.exp(old - reference);
                float scaleChunk = TornadoMath.exp(maxScore.get(row) - reference);
                stateMax.set(row, max);
                stateSum.set(row, scaleOld * stateSum.get(row) + scaleChunk * weightsSum.get(row));
                for (int c = row * dv4; c < row * dv4 + dv4; c++) {
                    Float4 chunk = Float4.mult(expValues.get(c), scaleChunk);
                    stateValues.set(c, fma(chunk, stateValues.get(c), scaleOld));
                }
            }
        }
    }

    /**
     * output = stateValues / stateSum, logSumExp = stateMax + log(stateSum); zeros and −∞ for a row
     * that saw no key. Grid: heads · queryCapacity.
     */
    static void normalizeRows(
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
            if (row / queryCapacity < frame.get(Frame.HEADS)
                    && row % queryCapacity < frame.get(Frame.QUERIES)) {
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
}
