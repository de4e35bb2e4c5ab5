package io.github.subquad.tornado;

import io.github.subquad.Attention;
import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttentionTape;
import io.github.subquad.bench.Gaussians;
import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/** Random tensors of a shape with a gradient of the output, always the same. */
record GradientProblem(
        Tensor query, Tensor key, Tensor value, @Nullable Tensor mask, Tensor gradOutput) {
    private static final long SEED = 43;

    static GradientProblem of(AttentionShape shape) {
        return of(shape, DataType.F32);
    }

    static GradientProblem of(AttentionShape s, DataType type) {
        var problem = new Problem(s);
        Tensor gradOutput =
                Tensor.allocate(DataType.F32, s.queryHeads(), s.queryTokens(), s.valueChannels());
        Gaussians.fill(gradOutput, SEED);
        return new GradientProblem(
                problem.query().to(type),
                problem.key().to(type),
                problem.value().to(type),
                null,
                gradOutput.to(type));
    }

    GradientProblem masked(Tensor mask) {
        return new GradientProblem(query, key, value, mask, gradOutput);
    }

    AttentionTape forward(Attention attention) {
        return attention.forward(query, key, value, mask);
    }

    AttentionGradients gradients(Attention attention) {
        try (AttentionTape tape = forward(attention)) {
            return tape.backward(gradOutput);
        }
    }

    GradientVerdict judge(Attention attention) {
        try (AttentionTape tape = forward(attention)) {
            return GradientVerdict.of(
                    AttentionInputs.of(query, key, value, mask, attention.options()),
                    tape.output(),
                    tape.logSumExp(),
                    gradOutput,
                    tape.backward(gradOutput),
                    attention.options().precision(),
                    SEED);
        }
    }
}
