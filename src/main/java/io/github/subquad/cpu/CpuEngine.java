package io.github.subquad.cpu;

import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.GradientEngine;
import io.github.subquad.Kernel;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Consumer;

/** Attention on the processor's cores: fused, or staged under the orchestrator. */
final class CpuEngine implements AttentionEngine {
    private final Device device;
    private final AttentionOptions options;
    private final Workers workers;
    private final ScratchPool memory;
    private volatile boolean closed;

    CpuEngine(Device device, AttentionOptions options, Kernels kernels) {
        this.device = device;
        this.options = options;
        workers = new Workers(options.threadCount());
        memory = new ScratchPool(kernels, options.threadCount());
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public ChunkPlan plan(AttentionShape shape) {
        return CpuPlanner.plan(shape, options);
    }

    @Override
    public void attend(AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan) {
        if (plan.kernel() == Kernel.STAGED) {
            AttentionEngine.super.attend(inputs, outputs, plan);
        } else {
            attend(inputs, outputs, plan, null);
        }
    }

    /** The fused form, which puts scores aside where there is room for them. */
    void attend(
            AttentionInputs inputs,
            AttentionOutputs outputs,
            ChunkPlan plan,
            @Nullable KeptScores kept) {
        Tiling tiling = CpuPlanner.tiling(plan);
        var call = new FusedCall(inputs, outputs, tiling, memory, kept);
        try {
            share(
                    ScratchSize.of(tiling, plan.shape(), OnlineSoftmax.LAZY_RISE),
                    plan.threads(),
                    crew -> crew.run(call.tasks(), call::run));
        } finally {
            call.releaseAll();
        }
    }

    @Override
    public GradientEngine gradients() {
        return new CpuGradients(this, options, memory);
    }

    @Override
    public AttnChunk summarizeChunk(AttentionInputs chunk) {
        AttentionShape shape = chunk.shape();
        AttnChunk sums = emptyChunk(shape);
        Tiling tiling = CpuPlanner.chunkTiling(shape, options.threadCount());
        long tokens = chunk.queryTokens();
        long parts = tiling.chunks(shape);
        long heads = chunk.query().size(1);
        CrewTask<OnlineSoftmax> task =
                (index, scratch) -> {
                    long head = index / parts;
                    long first = index % parts * tiling.rows();
                    int n = (int) Math.min(tiling.rows(), tokens - first);
                    var blocks = (BlockAttention) scratch;
                    blocks.attend(
                            chunk,
                            new Rows(head / heads, head % heads, first, n),
                            0,
                            chunk.keyTokens(),
                            null);
                    blocks.copyTo(sums, (int) (head * tokens + first), n);
                };
        share(
                ScratchSize.of(tiling, shape, OnlineSoftmax.EXACT_RISE),
                options.threadCount(),
                crew -> crew.run(tiling.tasks(shape), task));
        return sums;
    }

    private static AttnChunk emptyChunk(AttentionShape shape) {
        long rows = shape.queryHeads() * shape.queryTokens();
        if (rows * shape.valueChannels() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "query: a chunk of %d rows of %d value channels exceeds a Java array; take fewer"
                            .formatted(rows, shape.valueChannels()));
        }
        return AttnChunk.empty((int) rows, (int) shape.valueChannels());
    }

    /** What a thread does with a task it draws. */
    interface CrewTask<T> {
        void run(long index, T scratch);
    }

    /** The threads of a call, each with its scratch. */
    interface Crew<T> {
        void run(long tasks, CrewTask<T> task);
    }

    /** Lends scratch to the threads of a call. */
    <T> void share(ScratchKind<T> kind, int threads, Consumer<Crew<T>> call) {
        if (closed) {
            throw new IllegalStateException("this engine is closed");
        }
        List<T> scratch = memory.borrow(kind, threads);
        try {
            call.accept(
                    (tasks, task) ->
                            workers.run(
                                    tasks,
                                    threads,
                                    (index, slot) -> task.run(index, scratch.get(slot))));
        } finally {
            memory.giveBack(kind, scratch);
        }
    }

    @Override
    public long peakBytes() {
        return memory.peakBytes();
    }

    @Override
    public void close() {
        closed = true;
        workers.close();
        memory.clear();
    }
}
