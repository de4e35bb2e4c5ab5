package io.github.subquad.tornado;

import io.github.subquad.Attention;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionResult;
import io.github.subquad.AttentionShape;
import io.github.subquad.bench.Gaussians;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/** Random tensors of a shape, always the same. */
record Problem(AttentionShape shape, Tensor query, Tensor key, Tensor value) {
    private static final long SEED = 41;

    Problem(AttentionShape s) {
        this(
                s,
                random(SEED, s.queryHeads(), s.queryTokens(), s.channels()),
                random(SEED + 1, s.keyHeads(), s.keyTokens(), s.channels()),
                random(SEED + 2, s.keyHeads(), s.keyTokens(), s.valueChannels()));
    }

    private static Tensor random(long seed, long... shape) {
        Tensor tensor = Tensor.allocate(DataType.F32, shape);
        Gaussians.fill(tensor, seed);
        return tensor;
    }

    AttentionResult attend(Attention attention) {
        return attention.attend(query, key, value);
    }

    Verdict judge(Attention attention) {
        return judge(attention, null);
    }

    Verdict judge(Attention attention, @Nullable Tensor mask) {
        AttentionResult result = attention.attend(query, key, value, mask);
        return Verdict.of(
                AttentionInputs.of(query, key, value, mask, attention.options()),
                result.output(),
                result.logSumExp(),
                null,
                SEED);
    }

    @Override
    public String toString() {
        return shape + ", seed " + SEED;
    }
}
