package io.github.subquad.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.SplittableRandom;

/** The verdict passes honest float32 arithmetic, and sees what is wrong. */
class GradientVerdictTest {
    private static final long SEED = 23;

    /** Ways to be wrong: one element off, one not a number, two rows swapped. */
    enum Fault {
        OFF {
            @Override
            void strike(Tensor gradient) {
                gradient.set(gradient.get(0, 0, 1) + 1e-3f, 0, 0, 1);
            }
        },
        NAN {
            @Override
            void strike(Tensor gradient) {
                gradient.set(Float.NaN, 0, gradient.size(1) - 1, 0);
            }
        },
        SWAPPED {
            @Override
            void strike(Tensor gradient) {
                Tensor first = gradient.narrow(1, 0, 1);
                Tensor second = gradient.narrow(1, 1, 1);
                Tensor copy = first.to(DataType.F32);
                first.copyFrom(second);
                second.copyFrom(copy);
            }
        };

        abstract void strike(Tensor gradient);
    }

    @Test
    void honestRoundingIsOk() {
        var call = new PlainGradients(70, 90, 24, SEED);
        GradientVerdict verdict = call.verdict();
        assertThat(verdict).matches(GradientVerdict::ok);
        assertThat(verdict.query().rowsChecked()).isEqualTo(70);
        assertThat(verdict.key().rowsChecked()).isEqualTo(90);
        for (var part : List.of(verdict.query(), verdict.key(), verdict.value())) {
            assertThat(part.relativeError()).isBetween(1e-8, 1e-6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFaultInAnyGradientIsSeen(Fault fault) {
        for (int part = 0; part < 3; part++) {
            var call = new PlainGradients(70, 90, 24, SEED);
            fault.strike(call.part(part));
            GradientVerdict verdict = call.verdict();
            boolean[] ok = {verdict.query().ok(), verdict.key().ok(), verdict.value().ok()};
            for (int i = 0; i < 3; i++) {
                assertThat(ok[i]).as("part %d of %s", i, verdict).isEqualTo(i != part);
            }
            assertThat(verdict.ok()).isFalse();
            assertThat(verdict.toString()).startsWith("FAILED: ");
        }
    }

    /** The first and the last row are in every sample. */
    @Test
    void aSampleOfALargeCallSeesTheSame() {
        var call = new PlainGradients(1500, 1400, 24, SEED);
        Fault.OFF.strike(call.part(0));
        Fault.NAN.strike(call.part(1));
        GradientVerdict verdict = call.verdict();
        assertThat(verdict.query().rowsChecked()).isLessThan(1500);
        assertThat(verdict.key().rowsChecked()).isLessThan(1400);
        assertThat(verdict.query().ok()).isFalse();
        assertThat(verdict.key().ok()).isFalse();
        assertThat(verdict.value()).matches(GradientVerdict.Part::ok);
    }

    /** One head, evaluated in float32 by the formulas as they stand, all scores at once. */
    private static final class PlainGradients {
        private final int channels;
        private final Tensor query;
        private final Tensor key;
        private final Tensor value;
        private final Tensor gradOutput;
        private final float[] output;
        private final float[] logSumExp;
        private final AttentionGradients gradients;

        PlainGradients(int queries, int keys, int channels, long seed) {
            this.channels = channels;
            float[] q = gaussian(seed, queries * channels);
            float[] k = gaussian(seed + 1, keys * channels);
            float[] v = gaussian(seed + 2, keys * channels);
            float[] g = gaussian(seed + 3, queries * channels);
            query = Tensor.of(q, 1, queries, channels);
            key = Tensor.of(k, 1, keys, channels);
            value = Tensor.of(v, 1, keys, channels);
            gradOutput = Tensor.of(g, 1, queries, channels);
            output = new float[queries * channels];
            logSumExp = new float[queries];
            float[] gradQuery = new float[queries * channels];
            float[] gradKey = new float[keys * channels];
            float[] gradValue = new float[keys * channels];
            float scale = (float) (1 / Math.sqrt(channels));
            float[] weights = new float[keys];
            for (int i = 0; i < queries; i++) {
                float sum = 0;
                for (int j = 0; j < keys; j++) {
                    weights[j] = (float) Math.exp(scale * dot(q, i, k, j)); // small: no maximum
                    sum += weights[j];
                }
                logSumExp[i] = (float) Math.log(sum);
                for (int j = 0; j < keys; j++) {
                    weights[j] /= sum;
                    add(output, i, weights[j], v, j);
                }
                float delta = dot(g, i, output, i);
                for (int j = 0; j < keys; j++) {
                    float gradScore = weights[j] * (dot(g, i, v, j) - delta);
                    add(gradQuery, i, scale * gradScore, k, j);
                    add(gradKey, j, scale * gradScore, q, i);
                    add(gradValue, j, weights[j], g, i);
                }
            }
            gradients =
                    new AttentionGradients(
                            Tensor.of(gradQuery, 1, queries, channels),
                            Tensor.of(gradKey, 1, keys, channels),
                            Tensor.of(gradValue, 1, keys, channels),
                            null);
        }

        private static float[] gaussian(long seed, int n) {
            var random = new SplittableRandom(seed);
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        }

        private float dot(float[] a, int i, float[] b, int j) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += a[i * channels + c] * b[j * channels + c];
            }
            return sum;
        }

        private void add(float[] sums, int i, float factor, float[] rows, int j) {
            for (int c = 0; c < channels; c++) {
                sums[i * channels + c] += factor * rows[j * channels + c];
            }
        }

        Tensor part(int n) {
            return switch (n) {
                case 0 -> gradients.query();
                case 1 -> gradients.key();
                default -> gradients.value();
            };
        }

        GradientVerdict verdict() {
            return GradientVerdict.of(
                    AttentionInputs.of(query, key, value, null, AttentionOptions.DEFAULTS),
                    Tensor.of(output, query.shape()),
                    Tensor.of(logSumExp, 1, query.size(1)),
                    gradOutput,
                    gradients,
                    null,
                    SEED);
        }
    }
}
