package io.github.subquad.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.Attention;
import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.SplittableRandom;

/**
 * A call on Gaussian numbers.
 *
 * @param query {@code [query heads, query tokens, channels]}, or of rank 4
 * @param key {@code [key heads, key tokens, channels]}
 * @param value {@code [key heads, key tokens, value channels]}
 * @param mask as the library takes it, or null
 */
record Call(Tensor query, Tensor key, Tensor value, @Nullable Tensor mask) {
    private static final long SEED = 20250725;

    static Call random(AttentionShape s, DataType type) {
        return new Call(
                gaussian(SEED, type, s.queryHeads(), s.queryTokens(), s.channels()),
                gaussian(SEED + 1, type, s.keyHeads(), s.keyTokens(), s.channels()),
                gaussian(SEED + 2, type, s.keyHeads(), s.keyTokens(), s.valueChannels()),
                null);
    }

    static Tensor gaussian(long seed, DataType type, long... shape) {
        var random = new SplittableRandom(seed);
        Tensor tensor = Tensor.allocate(type, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            type.write(
                    tensor.segment(),
                    tensor.byteOffset() + i * type.bytes(),
                    (float) random.nextGaussian());
        }
        return tensor;
    }

    Call masked(Tensor newMask) {
        return new Call(query, key, value, newMask);
    }

    /** Calls twice into an output that holds something else before, and judges the second. */
    Verdict verdict(AttentionOptions options) {
        long[] shape = query.shape();
        shape[shape.length - 1] = value.size(-1);
        Tensor output = Tensor.allocate(query.dataType(), shape);
        output.segment().fill((byte) 0xFF);
        try (var attention = Attention.open(options)) {
            attention.attendInto(query, key, value, mask, output, null);
            attention.attendInto(query, key, value, mask, output, null);
        }
        return verdict(output, options);
    }

    /**
     * Differentiates twice into gradients that hold something else before, and judges the second.
     */
    GradientVerdict gradientVerdict(AttentionOptions options) {
        long[] shape = query.shape();
        shape[shape.length - 1] = value.size(-1);
        Tensor gradOutput = gaussian(SEED + 3, query.dataType(), shape);
        var gradients = new AttentionGradients(unset(query), unset(key), unset(value), null);
        try (var attention = Attention.open(options);
                var tape = attention.forward(query, key, value, mask)) {
            Verdict forward = verdict(tape.output(), options);
            assertThat(forward.ok()).as(forward.toString()).isTrue();
            tape.backwardInto(gradOutput, gradients);
            tape.backwardInto(gradOutput, gradients);
            return GradientVerdict.of(
                    AttentionInputs.of(query, key, value, mask, options),
                    tape.output(),
                    tape.logSumExp(),
                    gradOutput,
                    gradients,
                    null,
                    SEED);
        }
    }

    private static Tensor unset(Tensor like) {
        return Tensor.allocate(like.dataType(), like.shape()).fill(Float.NaN);
    }

    Verdict verdict(Tensor output, AttentionOptions options) {
        return Verdict.of(
                AttentionInputs.of(query, key, value, mask, options), output, null, null, SEED);
    }
}
