package io.github.subquad.peers;

import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.CallTiming;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.tensor.Tensor;

import java.lang.ref.Reference;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/** What the engines of all peers share: a call is one call of the library, from start to end. */
abstract class PeerEngine implements AttentionEngine {
    private final Device device;
    private final AttentionOptions options;
    private final Refusals refusals;
    private volatile boolean closed;

    PeerEngine(Device device, AttentionOptions options, Refusals refusals) {
        this.device = device;
        this.options = options;
        this.refusals = refusals;
    }

    @Override
    public final Device device() {
        return device;
    }

    final AttentionOptions options() {
        return options;
    }

    final Refusals refusals() {
        return refusals;
    }

    @Override
    public final ChunkPlan plan(AttentionShape shape) {
        if (shape.keyTokens() == 0) {
            throw new IllegalArgumentException(
                    "key tokens: expected at least 1 for %s, got 0".formatted(refusals.peer()));
        }
        return planChecked(shape);
    }

    /**
     * Plans a call.
     *
     * @param shape with at least one key
     * @return the plan
     * @throws IllegalArgumentException if the peer cannot take this shape
     */
    abstract ChunkPlan planChecked(AttentionShape shape);

    /** The plan of a call that is one step of the library. */
    final ChunkPlan whole(AttentionShape shape, Kernel form, List<ChunkPlan.Buffer> buffers) {
        return new ChunkPlan(
                shape,
                form,
                Math.max(1, shape.queryTokens()),
                shape.keyTokens(),
                shape.keyTokens(),
                options.threadCount(),
                buffers);
    }

    @Override
    public final void attend(AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan) {
        if (outputs.logSumExp() != null) {
            throw refusals.wrong("logSumExp", "no tensor for the log-sum-exp", outputs.logSumExp());
        }
        call(
                () -> {
                    compute(inputs, outputs.output(), plan);
                    return plan;
                },
                inputs,
                outputs);
        outputs.meter().advance(plan.shape().queryHeads() * plan.shape().queryTokens());
    }

    /**
     * Calls the library, unless the engine is closed or the thread interrupted.
     *
     * @param <T> what it gives
     * @param library the call
     * @param tensors that must stay where they are: native code keeps no hold on their memory
     * @return what it gives
     */
    final <T> T call(Supplier<T> library, Object... tensors) {
        if (closed) {
            throw new IllegalStateException("this engine is closed");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("attention was interrupted");
        }
        try {
            return library.get();
        } finally {
            Reference.reachabilityFence(tensors);
        }
    }

    /**
     * Attends all queries to all keys.
     *
     * @param inputs what to attend
     * @param output for the result, {@code [batch, query heads, query tokens, value channels]}
     * @param plan of the call
     */
    abstract void compute(AttentionInputs inputs, Tensor output, ChunkPlan plan);

    /** Tells what the library itself took, and what its result took to be brought to the output. */
    final void report(long kernelNanos, long copyNanos) {
        if (options.timing().listens()) {
            options.timing().timed(new CallTiming(0, 0, kernelNanos, copyNanos, 0));
        }
    }

    @Override
    public final AttnChunk summarizeChunk(AttentionInputs chunk) {
        throw new UnsupportedOperationException(
                refusals.peer() + " attends all keys at once and gives no sums of some of them");
    }

    @Override
    public long peakBytes() {
        return 0; // not known
    }

    @Override
    public void close() {
        closed = true;
    }
}
