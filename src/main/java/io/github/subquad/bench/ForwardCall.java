package io.github.subquad.bench;

import io.github.subquad.Attention;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.reference.Verdict;

/**
 * The output, into a tensor that is there already.
 *
 * @param attention the session
 */
record ForwardCall(Attention attention) implements TimedCall {
    @Override
    public ChunkPlan plan(AttentionShape shape) {
        return attention.plan(shape);
    }

    @Override
    public void run(WorkloadTensors t) {
        attention.attendInto(t.query(), t.key(), t.value(), null, t.output(), null);
    }

    @Override
    public void forgetResults(WorkloadTensors t) {
        WorkloadTensors.forget(t.output());
    }

    @Override
    public Judgement judge(WorkloadTensors t, long seed) {
        AttentionOptions options = attention.options();
        var inputs = AttentionInputs.of(t.query(), t.key(), t.value(), null, options);
        return Judgement.of(Verdict.of(inputs, t.output(), null, options.precision(), seed));
    }
}
