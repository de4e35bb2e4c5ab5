package io.github.subquad.bench;

import io.github.subquad.Attention;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;

/** The call that a workload stands for: what is timed, and the judgement on what it gave. */
interface TimedCall {
    /**
     * How it will be cut: of its passes, the one that takes the most memory.
     *
     * @throws IllegalArgumentException if the engine cannot take this shape
     * @throws UnsupportedOperationException if the engine does not go as far
     */
    ChunkPlan plan(AttentionShape shape);

    /** Calls, over the results of the call before. */
    void run(WorkloadTensors t);

    /** Makes every number of the results a NaN, so that nothing of earlier calls is left there. */
    void forgetResults(WorkloadTensors t);

    /**
     * Compares what the last call gave with float64.
     *
     * @param t tensors of that call
     * @param seed of the rows that are looked at
     */
    Judgement judge(WorkloadTensors t, long seed);

    /**
     * The call of a case.
     *
     * @param asked the case
     * @param attention its session
     */
    static TimedCall of(Case asked, Attention attention) {
        return switch (asked.workload().pass()) {
            case FORWARD -> new ForwardCall(attention);
            case FORWARD_BACKWARD -> new ForwardBackwardCall(attention, asked.setting().peer());
        };
    }
}
