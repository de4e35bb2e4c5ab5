package io.github.subquad.cpu;

import static io.github.subquad.cpu.KernelBenchmark.CHANNELS;
import static io.github.subquad.cpu.KernelBenchmark.KEYS;
import static io.github.subquad.cpu.KernelBenchmark.WIDTH;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.subquad.AttnChunk;
import io.github.subquad.tensor.DataType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bodies that JMH times, called once and compared with float64: they compute what they say. */
class KernelBenchmarksTest {
    private static final int ROWS = Kernels.ROWS;

    private static <B extends KernelBenchmark> B ready(B benchmark, String twin) {
        benchmark.twin = twin;
        benchmark.takeTwin();
        return benchmark;
    }

    @ParameterizedTest(name = "scores of a block, {0}")
    @ValueSource(strings = {"vector", "scalar"})
    void scoresOfABlock(String twin) {
        var benchmark = ready(new ScoresBenchmark(), twin);
        float[] scores = benchmark.block();
        for (int j = 0; j < KEYS; j++) {
            for (int w = 0; w < WIDTH; w++) {
                double sum = 0;
                for (int c = 0; c < CHANNELS; c++) {
                    sum +=
                            (double) benchmark.key[j * CHANNELS + c]
                                    * benchmark.queryColumns[c * WIDTH + w];
                }
                assertThat((double) scores[j * WIDTH + w]).isEqualTo(sum, within(1e-5));
            }
        }
    }

    @ParameterizedTest(name = "scores of rows, {0}")
    @ValueSource(strings = {"vector", "scalar"})
    void scoresOfRows(String twin) {
        var benchmark = ready(new ScoresBenchmark(), twin);
        float[] scores = benchmark.rows();
        for (int j = 0; j < KEYS; j++) {
            for (int r = 0; r < ROWS; r++) {
                double sum = 0;
                for (int c = 0; c < CHANNELS; c++) {
                    sum +=
                            (double) benchmark.key[j * CHANNELS + c]
                                    * benchmark.queryRows[r * CHANNELS + c];
                }
                assertThat((double) scores[j * ROWS + r]).isEqualTo(sum, within(1e-5));
            }
        }
    }

    @ParameterizedTest(name = "weights of a block, {0}")
    @ValueSource(strings = {"vector", "scalar"})
    void weightsOfABlock(String twin) {
        var benchmark = ready(new WeightsBenchmark(), twin);
        float[] scores = benchmark.scores.clone();
        assertThat(benchmark.block()).isFalse();
        checkWeights(scores, benchmark, WIDTH);
    }

    @ParameterizedTest(name = "weights of rows, {0}")
    @ValueSource(strings = {"vector", "scalar"})
    void weightsOfRows(String twin) {
        var benchmark = ready(new WeightsBenchmark(), twin);
        float[] scores = benchmark.scores.clone();
        assertThat(benchmark.rows()).isFalse();
        checkWeights(scores, benchmark, ROWS);
    }

    private static void checkWeights(float[] scores, WeightsBenchmark benchmark, int width) {
        for (int w = 0; w < width; w++) {
            double sum = 0;
            for (int j = 0; j < KEYS; j++) {
                double weight = Math.pow(2, scores[j * width + w] - WeightsBenchmark.REFERENCE);
                assertThat((double) benchmark.scores[j * width + w])
                        .isEqualTo(weight, within(1e-6 * weight));
                sum += weight;
            }
            assertThat((double) benchmark.sums[w]).isEqualTo(sum, within(1e-5 * sum));
        }
    }

    @ParameterizedTest(name = "weights stay in range however often they are made, {0}")
    @ValueSource(strings = {"vector", "scalar"})
    void weightsStayInRange(String twin) {
        var benchmark = ready(new WeightsBenchmark(), twin);
        for (int call = 0; call < 200; call++) {
            assertThat(benchmark.block()).isFalse();
        }
        for (int i = 0; i < KEYS * WIDTH; i++) {
            assertThat(benchmark.scores[i]).isBetween(0.99f, 1.01f);
        }
    }

    @ParameterizedTest(name = "weighted sums of a block, {0}")
    @ValueSource(strings = {"vector", "scalar"})
    void weightedSumsOfABlock(String twin) {
        var benchmark = ready(new WeightedSumBenchmark(), twin);
        float[] sums = benchmark.block();
        for (int c = 0; c < CHANNELS; c++) {
            for (int w = 0; w < WIDTH; w++) {
                assertThat((double) sums[c * WIDTH + w])
                        .isEqualTo(weightedSum(benchmark, WIDTH, w, c), within(1e-4));
            }
        }
    }

    @ParameterizedTest(name = "weighted sums of rows, {0}")
    @ValueSource(strings = {"vector", "scalar"})
    void weightedSumsOfRows(String twin) {
        var benchmark = ready(new WeightedSumBenchmark(), twin);
        float[] sums = benchmark.rows();
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < CHANNELS; c++) {
                assertThat((double) sums[r * CHANNELS + c])
                        .isEqualTo(weightedSum(benchmark, ROWS, r, c), within(1e-4));
            }
        }
    }

    private static double weightedSum(WeightedSumBenchmark b, int width, int row, int channel) {
        double sum = 0;
        for (int j = 0; j < KEYS; j++) {
            sum += (double) b.weights[j * width + row] * b.value[j * CHANNELS + channel];
        }
        return sum;
    }

    @ParameterizedTest(name = "transposes, {0}")
    @ValueSource(strings = {"vector", "scalar"})
    void transposes(String twin) {
        var benchmark = ready(new TransposeBenchmark(), twin);
        float[] toColumns = benchmark.in();
        float[] toRows = benchmark.out();
        for (int w = 0; w < WIDTH; w++) {
            for (int c = 0; c < CHANNELS; c++) {
                assertThat(toColumns[c * WIDTH + w])
                        .isEqualTo(benchmark.rows[w * CHANNELS + c] * TransposeBenchmark.SCALE);
                assertThat(toRows[w * CHANNELS + c])
                        .isEqualTo(benchmark.columns[c * WIDTH + w] * benchmark.factors[w]);
            }
        }
    }

    @ParameterizedTest(name = "conversions, {0}")
    @ValueSource(strings = {"vector", "scalar"})
    void conversions(String twin) {
        var benchmark = ready(new ConversionBenchmark(), twin);
        float[] floats = benchmark.floats;
        short[] halves = benchmark.narrowHalf().clone();
        short[] bfloats = benchmark.narrowBfloat16().clone();
        float[] fromHalf = benchmark.widenHalf().clone();
        float[] fromBfloat16 = benchmark.widenBfloat16();
        for (int i = 0; i < floats.length; i++) {
            assertThat(halves[i]).isEqualTo(Float.floatToFloat16(floats[i]));
            assertThat(bfloats[i]).isEqualTo(DataType.floatToBfloat16(floats[i]));
            assertThat(fromHalf[i]).isEqualTo(floats[i], within(0x1p-11f));
            assertThat(fromBfloat16[i]).isEqualTo(floats[i], within(0x1p-8f));
        }
    }

    @Test
    void merge() {
        var benchmark = new MergeBenchmark();
        AttnChunk before = MergeBenchmark.chunk(1);
        AttnChunk other = benchmark.other;
        AttnChunk merged = benchmark.merge();
        for (int row = 0; row < MergeBenchmark.ROWS; row++) {
            double max = Math.max(before.maxScore()[row], other.maxScore()[row]);
            double a = Math.exp(before.maxScore()[row] - max);
            double b = Math.exp(other.maxScore()[row] - max);
            double sum = a * before.expWeightsSum()[row] + b * other.expWeightsSum()[row];
            assertThat((double) merged.maxScore()[row]).isEqualTo(max);
            assertThat((double) merged.expWeightsSum()[row]).isEqualTo(sum, within(1e-6 * sum));
            for (int c = 0; c < CHANNELS; c++) {
                int at = row * CHANNELS + c;
                double value = a * before.expValues()[at] + b * other.expValues()[at];
                assertThat((double) merged.expValues()[at]).isEqualTo(value, within(1e-6));
            }
        }
    }

    @Test
    void anUnknownTwinIsRefused() {
        assertThatThrownBy(() -> ready(new ScoresBenchmark(), "cuda"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("twin: expected vector or scalar, got 'cuda'");
    }
}
