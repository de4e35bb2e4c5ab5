package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

import java.util.SplittableRandom;

/** The kernels of a backward pass are Java: called on the host, they keep to their formulas. */
@Tag("device")
class GradientKernelsTest {
    private static final int QUERIES = 11;
    private static final int ROWS = 16;
    private static final int KEYS = 8;
    private static final int CHANNELS = 12;
    private static final float NONE = Float.NEGATIVE_INFINITY;

    private final IntArray frame = frame();

    /** Two query heads share the key head; rows beyond the last query are not looked at. */
    @Test
    void keySumsAreTheTransposedProductOverTheHeadsOfAGroup() {
        FloatArray weights = random(1, 2 * ROWS * KEYS);
        FloatArray rows = random(2, 2 * ROWS * CHANNELS);
        FloatArray sums = random(3, KEYS * CHANNELS);
        float[] before = sums.toHeapArray();
        for (int head = 0; head < 2; head++) {
            rows.set((head * ROWS + QUERIES) * CHANNELS, Float.NaN);
        }
        frame.set(Frame.GROUP, 2);
        frame.set(Frame.HEADS, 2);
        var factor = new FloatArray(1);
        factor.set(0, 0.5f);
        KeySums.tiledKeySums(
                new VectorFloat4(weights),
                new VectorFloat4(rows),
                new VectorFloat4(sums),
                factor,
                frame,
                ROWS,
                1,
                KEYS,
                KEYS,
                CHANNELS / 4);
        for (int j = 0; j < KEYS; j++) {
            for (int c = 0; c < CHANNELS; c++) {
                double sum = 0;
                for (int row = 0; row < 2 * ROWS; row++) {
                    if (row % ROWS < QUERIES) {
                        sum += (double) weights.get(row * KEYS + j) * rows.get(row * CHANNELS + c);
                    }
                }
                int at = j * CHANNELS + c;
                assertThat(sums.get(at)).isCloseTo((float) (before[at] + sum / 2), within(2e-6f));
            }
        }
    }

    @Test
    void weightsAreRelativeToTheLogSumExpAndHiddenOnesMarked() {
        FloatArray scores = row(0, -1, NONE, -200, Float.NaN, 1, 0.5f, -3);
        GradientStages.recomputeWeights(new VectorFloat4(scores), row(1), frame, 8, 1, KEYS);
        assertThat(scores.get(0)).isCloseTo((float) Math.exp(-1), within(1e-7f));
        assertThat(scores.get(1)).isCloseTo((float) Math.exp(-2), within(1e-7f));
        assertThat(scores.get(2)).as("hidden").isEqualTo(GradientStages.HIDDEN);
        assertThat(scores.get(3)).as("too small, but seen").isZero();
        assertThat(scores.get(4)).isNaN();
        assertThat(scores.get(5)).isEqualTo(1);
    }

    @Test
    void keptWeightsAreBroughtToTheLogSumExp() {
        FloatArray kept = row(1, 0.5f, 0, NONE, Float.NaN, 0.25f, 0, 1);
        var weights = new FloatArray(kept.getSize());
        GradientStages.restoreWeights(
                new VectorFloat4(kept),
                row(3),
                row(4),
                new VectorFloat4(weights),
                frame,
                8,
                1,
                KEYS);
        assertThat(weights.get(0)).isCloseTo((float) Math.exp(-1), within(1e-7f));
        assertThat(weights.get(1)).isCloseTo((float) Math.exp(-1) / 2, within(1e-7f));
        assertThat(weights.get(2)).isEqualTo(GradientStages.HIDDEN);
        assertThat(weights.get(3)).isEqualTo(GradientStages.HIDDEN);
        assertThat(weights.get(4)).isNaN();
    }

    @Test
    void gradientsOfHiddenScoresAreZeroWhateverStandsThere() {
        FloatArray weights = row(0.5f, GradientStages.HIDDEN, 0, 0.25f, 0, 0, 0, Float.NaN);
        FloatArray gradients = row(3, Float.NaN, Float.NaN, 1, 7, 7, 7, 7);
        GradientStages.scoreGradients(
                new VectorFloat4(weights), new VectorFloat4(gradients), row(2), frame, 8, 1, KEYS);
        assertThat(gradients.get(0)).isEqualTo(0.5f);
        assertThat(gradients.get(1)).isZero();
        assertThat(weights.get(1)).isZero();
        assertThat(gradients.get(2)).as("seen, of weight 0").isNaN();
        assertThat(gradients.get(3)).isEqualTo(-0.25f);
        assertThat(gradients.get(7)).isNaN();
    }

    @Test
    void onlyFiniteNumbersStay() {
        FloatArray numbers = row(1, Float.NaN, NONE, -2, Float.POSITIVE_INFINITY, 0, 3, 4);
        GradientStages.finiteRows(new VectorFloat4(numbers), 1, 2);
        assertThat(numbers.toHeapArray()).startsWith(1, 0, 0, -2, 0, 0, 3, 4);
    }

    /** The first row of a block of eight; the others are zeros. */
    private static FloatArray row(float... numbers) {
        var array = new FloatArray(8 * KEYS);
        for (int i = 0; i < numbers.length; i++) {
            array.set(i, numbers[i]);
        }
        return array;
    }

    private static IntArray frame() {
        IntArray frame = Frame.allocate();
        frame.set(Frame.HEADS, 1);
        frame.set(Frame.GROUP, 1);
        frame.set(Frame.QUERIES, QUERIES);
        frame.set(Frame.KEYS, KEYS);
        frame.set(Frame.DIAGONAL, KEYS);
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
}
