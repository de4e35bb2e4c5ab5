package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.matrix.Matrix2DFloat;
import uk.ac.manchester.tornado.matrix.MatrixMath;

import java.util.SplittableRandom;

/** The plain kernels are Java: called on the host, their products agree with TornadoVM's own. */
@Tag("device")
class ProductTest {
    private static final int ROWS = 5;
    private static final int KEYS = 7;
    private static final int CHANNELS = 4;

    @Test
    void scoresAreTheProductOfQueriesAndKeys() {
        FloatArray query = random(1, ROWS * CHANNELS);
        FloatArray keyT = random(2, CHANNELS * KEYS);
        var expected = new Matrix2DFloat(ROWS, KEYS);
        MatrixMath.sgemm(matrix(query, ROWS, CHANNELS), matrix(keyT, CHANNELS, KEYS), expected);
        var score = new FloatArray(ROWS * KEYS);
        var scale = new FloatArray(1);
        scale.set(0, 0.5f);
        PlainStages.chunkScore(query, keyT, new FloatArray(1), score, scale, frame(), 0);
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < KEYS; j++) {
                assertThat(score.get(i * KEYS + j))
                        .isCloseTo(expected.get(i, j) / 2, within(1e-6f));
            }
        }
    }

    @Test
    void weightedSumsAreTheProductOfWeightsAndValues() {
        FloatArray weight = random(3, ROWS * KEYS);
        FloatArray value = random(4, KEYS * CHANNELS);
        var expected = new Matrix2DFloat(ROWS, CHANNELS);
        MatrixMath.sgemm(matrix(weight, ROWS, KEYS), matrix(value, KEYS, CHANNELS), expected);
        var sums = new FloatArray(ROWS * CHANNELS);
        PlainStages.weightedSum(weight, value, sums, frame());
        for (int i = 0; i < ROWS; i++) {
            for (int c = 0; c < CHANNELS; c++) {
                assertThat(sums.get(i * CHANNELS + c))
                        .isCloseTo(expected.get(i, c), within(1e-6f));
            }
        }
    }

    private static IntArray frame() {
        IntArray frame = Frame.allocate();
        frame.set(Frame.HEADS, 1);
        frame.set(Frame.HEADS_PER_BATCH, 1);
        frame.set(Frame.GROUP, 1);
        frame.set(Frame.QUERIES, ROWS);
        frame.set(Frame.QUERY_CAPACITY, ROWS);
        frame.set(Frame.KEYS, KEYS);
        frame.set(Frame.KEY_CAPACITY, KEYS);
        frame.set(Frame.CHUNK_CAPACITY, KEYS);
        frame.set(Frame.DIAGONAL, KEYS);
        frame.set(Frame.CHANNELS, CHANNELS);
        frame.set(Frame.VALUE_CHANNELS, CHANNELS);
        return frame;
    }

    private static FloatArray random(long seed, int size) {
        var numbers = new SplittableRandom(seed);
        var array = new FloatArray(size);
        for (int i = 0; i < size; i++) {
            array.set(i, (float) numbers.nextGaussian());
        }
        return array;
    }

    private static Matrix2DFloat matrix(FloatArray numbers, int rows, int columns) {
        var matrix = new Matrix2DFloat(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                matrix.set(i, j, numbers.get(i * columns + j));
            }
        }
        return matrix;
    }
}
