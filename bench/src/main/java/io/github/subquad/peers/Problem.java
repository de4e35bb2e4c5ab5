package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * The tensors of one call.
 *
 * @param query {@code [heads, query tokens, channels]}
 * @param key {@code [key heads, key tokens, channels]}
 * @param value {@code [key heads, key tokens, channels]}
 * @param mask {@code [1, 1|query tokens, key tokens]}, or null
 * @param causal which keys are visible by position
 */
record Problem(Tensor query, Tensor key, Tensor value, @Nullable Tensor mask, Causal causal) {
    private static final long SEED = 20250725;

    /**
     * Independent Gaussian numbers in float32: scores of about ±4, weights spread over all keys.
     */
    static Problem random(AttentionShape shape) {
        return new Problem(
                gaussian(SEED, shape.queryHeads(), shape.queryTokens(), shape.channels()),
                gaussian(SEED + 1, shape.keyHeads(), shape.keyTokens(), shape.channels()),
                gaussian(SEED + 2, shape.keyHeads(), shape.keyTokens(), shape.valueChannels()),
                null,
                Causal.NONE);
    }

    static Tensor gaussian(long seed, long... shape) {
        var random = new SplittableRandom(seed);
        Tensor tensor = Tensor.allocate(DataType.F32, shape);
        long bytes = tensor.elements() * DataType.F32.bytes();
        var floats = tensor.segment().asSlice(tensor.byteOffset(), bytes);
        for (long i = 0; i < tensor.elements(); i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return tensor;
    }

    /** The same numbers rounded to another storage type. */
    Problem in(DataType type) {
        return new Problem(query.to(type), key.to(type), value.to(type), mask, causal);
    }

    Problem masked(Tensor newMask) {
        return new Problem(query, key, value, newMask, causal);
    }

    Problem causal(Causal newCausal) {
        return new Problem(query, key, value, mask, newCausal);
    }

    AttentionShape shape() {
        return AttentionShape.of(query, key, value);
    }

    /** Floating-point operations of a call; a causal one's count visible pairs alone. */
    double flops() {
        return shape().flops(causal);
    }

    /** A contiguous tensor for the result, in the query's storage type. */
    Tensor newOutput() {
        return Tensor.allocate(query.dataType(), query.size(0), query.size(1), value.size(2));
    }

    /** How far a result lies from float64. */
    Verdict verdict(Tensor output) {
        var options = AttentionOptions.builder().causal(causal).build();
        var inputs = AttentionInputs.of(query, key, value, mask, options);
        return Verdict.of(inputs, output, null, null, SEED);
    }
}
