package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Random tensors of one shape, rank 3, Gaussian.
 *
 * @param seed of the numbers, part of every test's name
 */
record Case(
        AttentionShape shape,
        Tensor query,
        Tensor key,
        Tensor value,
        @Nullable Tensor mask,
        Causal causal,
        long seed) {
    static Case of(AttentionShape shape, DataType type, Causal causal, long seed) {
        return new Case(
                shape,
                gaussian(seed, type, shape.queryHeads(), shape.queryTokens(), shape.channels()),
                gaussian(seed + 1, type, shape.keyHeads(), shape.keyTokens(), shape.channels()),
                gaussian(
                        seed + 2, type, shape.keyHeads(), shape.keyTokens(), shape.valueChannels()),
                null,
                causal,
                seed);
    }

    static Case of(AttentionShape shape, long seed) {
        return of(shape, DataType.F32, Causal.NONE, seed);
    }

    Case withMask(Tensor newMask) {
        return new Case(shape, query, key, value, newMask, causal, seed);
    }

    static Tensor gaussian(long seed, DataType type, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        Tensor tensor = Tensor.allocate(type, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            type.write(
                    tensor.segment(),
                    tensor.byteOffset() + i * type.bytes(),
                    (float) random.nextGaussian());
        }
        return tensor;
    }

    /** Truth values, true with the given probability. */
    static Tensor truth(long seed, double probability, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        Tensor tensor = Tensor.allocate(DataType.BOOL, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            DataType.BOOL.write(
                    tensor.segment(),
                    tensor.byteOffset() + i,
                    random.nextDouble() < probability ? 1 : 0);
        }
        return tensor;
    }

    AttentionOptions.Builder options() {
        return AttentionOptions.builder().causal(causal).returnLogSumExp(true);
    }

    AttentionResult attend(Subject subject, AttentionOptions options) {
        try (Attention attention = subject.open(options)) {
            return attend(attention);
        }
    }

    AttentionResult attend(Attention attention) {
        return attention.attend(query, key, value, mask);
    }

    AttentionResult attend(Subject subject) {
        return attend(subject, options().build());
    }

    /** The log-sum-exp that was asked for. */
    static Tensor logSumExp(AttentionResult result) {
        return Objects.requireNonNull(result.logSumExp());
    }

    Verdict verdict(AttentionResult result, AttentionOptions options) {
        return Verdict.of(
                AttentionInputs.of(query, key, value, mask, options),
                result.output(),
                result.logSumExp(),
                options.precision(),
                seed);
    }

    Verdict verdict(AttentionResult result) {
        return verdict(result, options().build());
    }

    /** ‖got − expected‖ / ‖expected‖. */
    static double relativeError(Tensor got, Tensor expected) {
        float[] a = got.toFloatArray();
        float[] b = expected.toFloatArray();
        assertThat(got.shape()).containsExactly(expected.shape());
        double error = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            error += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
            norm += (double) b[i] * b[i];
        }
        return error == 0 ? 0 : Math.sqrt(error / norm);
    }
}
