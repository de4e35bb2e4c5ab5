package io.github.subquad;

import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

/**
 * A call, and a random gradient of its output.
 *
 * @param call tensors of the call
 * @param gradOutput shaped as its output
 */
record GradientCase(Case call, Tensor gradOutput) {
    /** What a forward and a backward pass gave. */
    record Pass(Tensor output, Tensor logSumExp, AttentionGradients gradients) {
        /** All numbers, for comparisons to the bit. */
        float[][] bits() {
            Tensor mask = gradients.mask();
            return new float[][] {
                gradients.query().toFloatArray(),
                gradients.key().toFloatArray(),
                gradients.value().toFloatArray(),
                mask == null ? new float[0] : mask.toFloatArray()
            };
        }
    }

    static GradientCase of(Case call) {
        AttentionShape shape = call.shape();
        Tensor gradOutput =
                Case.gaussian(
                        call.seed() + 100,
                        call.query().dataType(),
                        shape.queryHeads(),
                        shape.queryTokens(),
                        shape.valueChannels());
        return new GradientCase(call, gradOutput);
    }

    static GradientCase of(AttentionShape shape, DataType type, Causal causal, long seed) {
        return of(Case.of(shape, type, causal, seed));
    }

    static GradientCase of(AttentionShape shape, long seed) {
        return of(Case.of(shape, seed));
    }

    GradientCase withMask(Tensor mask) {
        return new GradientCase(call.withMask(mask), gradOutput);
    }

    AttentionOptions.Builder options() {
        return AttentionOptions.builder().causal(call.causal());
    }

    AttentionTape forward(Attention attention) {
        return attention.forward(call.query(), call.key(), call.value(), call.mask());
    }

    Pass pass(Attention attention) {
        try (AttentionTape tape = forward(attention)) {
            return new Pass(tape.output(), tape.logSumExp(), tape.backward(gradOutput));
        }
    }

    Pass pass(Subject subject, AttentionOptions options) {
        try (Attention attention = subject.openForGradients(options)) {
            return pass(attention);
        }
    }

    Pass pass(Subject subject) {
        return pass(subject, options().build());
    }

    GradientVerdict verdict(Pass pass, AttentionOptions options) {
        return GradientVerdict.of(
                AttentionInputs.of(call.query(), call.key(), call.value(), call.mask(), options),
                pass.output(),
                pass.logSumExp(),
                gradOutput,
                pass.gradients(),
                options.precision(),
                call.seed());
    }

    GradientVerdict verdict(Pass pass) {
        return verdict(pass, options().build());
    }
}
