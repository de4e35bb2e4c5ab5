package io.github.subquad.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Causal;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.SplittableRandom;

/** The oracle's gradients are the slopes of Σ gradOutput · output, both in float64. */
class FiniteDifferencesTest {
    /** Inputs are multiples of 2⁻¹⁰ below 8, so that a step up or down is exact in float32. */
    private static final float STEP = 0x1p-15f;

    /** Of the square of the step, of which central differences are off, with room to spare. */
    private static final double TOLERANCE = 1e-7;

    private static final AttentionOptions PLAIN = AttentionOptions.DEFAULTS;

    @Test
    void ofHeadsThatShareKeys() {
        check(call(4, 2, 5, 7, 3, 2, null, PLAIN));
    }

    @Test
    void ofCausalCallsOfEitherAlignment() {
        for (Causal causal : new Causal[] {Causal.BOTTOM_RIGHT, Causal.TOP_LEFT}) {
            var options = AttentionOptions.builder().causal(causal).scale(-0.7).build();
            check(call(2, 1, 4, 7, 3, 5, null, options));
            check(call(2, 1, 7, 4, 3, 5, null, options)); // some rows see nothing
        }
    }

    @Test
    void underAnAdditiveMaskAndOfTheMask() {
        Tensor mask = numbers(9, 2, 6, 5);
        for (long i = 0; i < 6; i++) {
            mask.set(Float.NEGATIVE_INFINITY, 1, i, i % 5);
        }
        mask.narrow(0, 0, 1).narrow(1, 2, 1).fill(Float.NEGATIVE_INFINITY); // sees nothing
        check(call(2, 2, 6, 5, 3, 4, mask, PLAIN));
    }

    @Test
    void underTruthValues() {
        Tensor mask = Tensor.allocate(DataType.BOOL, 1, 6, 5).fill(1);
        mask.narrow(2, 3, 1).fill(0);
        mask.set(0, 0, 4, 0);
        check(call(2, 2, 6, 5, 3, 4, mask, PLAIN));
    }

    private static AttentionInputs call(
            long heads,
            long keyHeads,
            long q,
            long k,
            long channels,
            long valueChannels,
            @Nullable Tensor mask,
            AttentionOptions options) {
        return AttentionInputs.of(
                numbers(1, heads, q, channels),
                numbers(2, keyHeads, k, channels),
                numbers(3, keyHeads, k, valueChannels),
                mask,
                options);
    }

    private static Tensor numbers(long seed, long... shape) {
        var random = new SplittableRandom(seed);
        var values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.round(random.nextGaussian() * 1024) / 1024f;
        }
        return Tensor.of(values, shape);
    }

    private static void check(AttentionInputs in) {
        Tensor q = in.query();
        Tensor gradOutput = numbers(4, q.size(0), q.size(1), q.size(2), in.value().size(3));
        ExactGradients exact = ExactGradients.of(in, gradOutput);
        assertSlopes(exact.query(), in.query(), in, gradOutput);
        assertSlopes(exact.key(), in.key(), in, gradOutput);
        assertSlopes(exact.value(), in.value(), in, gradOutput);
        if (in.mask() != null && in.mask().dataType() == DataType.F32) {
            assertSlopes(exact.mask(), in.mask(), in, gradOutput);
        }
    }

    private static void assertSlopes(
            double[] gradient, Tensor input, AttentionInputs in, Tensor gradOutput) {
        double size = 0;
        for (double g : gradient) {
            size = Math.max(size, Math.abs(g));
        }
        assertThat(size).isPositive();
        for (int n = 0; n < gradient.length; n++) {
            assertThat(gradient[n])
                    .as("element %d of %s", n, input)
                    .isCloseTo(slope(n, input, in, gradOutput), within(TOLERANCE * size));
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double difference) {
        return org.assertj.core.data.Offset.offset(difference);
    }

    private static double slope(int n, Tensor input, AttentionInputs in, Tensor gradOutput) {
        long[] at = index(input, n);
        float x = input.get(at);
        if (x == Float.NEGATIVE_INFINITY) {
            return 0; // no step changes it
        }
        input.set(x + STEP, at);
        double above = loss(in, gradOutput);
        input.set(x - STEP, at);
        double below = loss(in, gradOutput);
        input.set(x, at);
        return (above - below) / (2.0 * STEP);
    }

    private static long[] index(Tensor tensor, long n) {
        long[] at = new long[tensor.rank()];
        for (int d = at.length - 1; d >= 0; d--) {
            at[d] = n % tensor.size(d);
            n /= tensor.size(d);
        }
        return at;
    }

    private static double loss(AttentionInputs in, Tensor gradOutput) {
        double loss = 0;
        for (long h = 0; h < in.query().size(1); h++) {
            for (long i = 0; i < in.queryTokens(); i++) {
                double[] output = ReferenceRow.of(in, 0, h, i).output();
                for (int c = 0; c < output.length; c++) {
                    loss += gradOutput.get(0, h, i, c) * output[c];
                }
            }
        }
        return loss;
    }
}
