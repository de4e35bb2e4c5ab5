package io.github.subquad.cpu;

import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;

import java.util.List;

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
            return;
        }
        Tiling tiling = CpuPlanner.tiling(plan);
        var call = new FusedCall(inputs, outputs, tiling, memory);
        try {
            share(
                    ScratchSize.of(tiling, plan.shape()),
                    OnlineSoftmax.LAZY_RISE,
                    plan.threads(),
                    call.tasks(),
                    call::run);
        } finally {
            call.releaseAll();
        }
    }

    @Override
    public AttnChunk summarizeChunk(AttentionInputs chunk) {
        AttentionShape shape = chunk.shape();
        AttnChunk sums = emptyChunk(shape);
        Tiling tiling = CpuPlanner.chunkTiling(shape, options.threadCount());
        long tokens = chunk.queryTokens();
        long parts = tiling.chunks(shape);
        long heads = chunk.query().size(1);
        share(
                ScratchSize.of(tiling, shape),
                OnlineSoftmax.EXACT_RISE,
                options.threadCount(),
                tiling.tasks(shape),
                (task, scratch) -> {
                    long head = task / parts;
                    long first = task % parts * tiling.rows();
                    int n = (int) Math.min(tiling.rows(), tokens - first);
                    var blocks = (BlockAttention) scratch;
                    blocks.attend(
                            chunk,
                            new Rows(head / heads, head % heads, first, n),
                            0,
                            chunk.keyTokens());
                    blocks.copyTo(sums, (int) (head * tokens + first), n);
                });
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
    private interface Task {
        void run(long index, OnlineSoftmax scratch);
    }

    private void share(ScratchSize size, float rise, int threads, long tasks, Task task) {
        if (closed) {
            throw new IllegalStateException("this engine is closed");
        }
        List<OnlineSoftmax> scratch = memory.borrow(size, rise, threads);
        try {
            workers.run(tasks, threads, (index, slot) -> task.run(index, scratch.get(slot)));
        } finally {
            memory.giveBack(size, rise, scratch);
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
