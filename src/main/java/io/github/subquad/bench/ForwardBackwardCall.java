package io.github.subquad.bench;

import io.github.subquad.Attention;
import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttentionTape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * A tape, the gradients into tensors that are there already, and the tape's end: a step of training
 * as far as attention goes.
 */
final class ForwardBackwardCall implements TimedCall {
    /** Whose log-sum-exp stands in for that which peers do not tell. */
    private static final String TELLS_LOG_SUM_EXP = "cpu";

    private final Attention attention;
    private final boolean peer;
    private @Nullable AttentionTape latest;

    /**
     * A call about to be made.
     *
     * @param attention the session
     * @param peer whether its engine is a peer, which gives no log-sum-exp
     */
    ForwardBackwardCall(Attention attention, boolean peer) {
        this.attention = attention;
        this.peer = peer;
    }

    @Override
    public ChunkPlan plan(AttentionShape shape) {
        ChunkPlan forward = attention.planForward(shape);
        ChunkPlan backward = attention.planBackward(shape);
        return forward.extraBytes() > backward.extraBytes() ? forward : backward;
    }

    @Override
    public void run(WorkloadTensors t) {
        latest = null; // one output less
        try (AttentionTape tape = attention.forward(t.query(), t.key(), t.value())) {
            tape.backwardInto(t.gradOutput(), t.gradients());
            latest = tape;
        }
    }

    /** The garbage collector does not see how large the outputs of earlier tapes are. */
    @Override
    public void forgetResults(WorkloadTensors t) {
        latest = null;
        System.gc();
        AttentionGradients gradients = t.gradients();
        WorkloadTensors.forget(gradients.query());
        WorkloadTensors.forget(gradients.key());
        WorkloadTensors.forget(gradients.value());
    }

    @Override
    public Judgement judge(WorkloadTensors t, long seed) {
        Tensor output = Objects.requireNonNull(latest, "no call yet").output();
        Tensor told = peer ? null : latest.logSumExp();
        AttentionOptions options = attention.options();
        var inputs = AttentionInputs.of(t.query(), t.key(), t.value(), null, options);
        return Judgement.of(
                Verdict.of(inputs, output, told, options.precision(), seed),
                GradientVerdict.of(
                        inputs,
                        output,
                        told == null ? logSumExp(t) : told,
                        t.gradOutput(),
                        t.gradients(),
                        options.precision(),
                        seed));
    }

    /** By an engine of ours. */
    private Tensor logSumExp(WorkloadTensors t) {
        AttentionOptions options =
                AttentionOptions.builder()
                        .backend(TELLS_LOG_SUM_EXP)
                        .threads(attention.options().threads())
                        .causal(attention.options().causal())
                        .returnLogSumExp(true)
                        .build();
        try (var ours = Attention.open(options)) {
            return Objects.requireNonNull(
                    ours.attend(t.query(), t.key(), t.value()).logSumExp(), "logSumExp");
        }
    }
}
