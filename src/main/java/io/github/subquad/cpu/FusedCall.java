package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * One fused call, cut into numbered tasks: heads, within them chunks of queries, within them splits
 * of keys. Where keys are split, the thread that ends the last split of some rows merges them, from
 * the first split to the last.
 */
final class FusedCall {
    private final AttentionInputs in;
    private final AttentionOutputs out;
    private final Tiling tiling;
    private final AttentionShape shape;
    private final ScratchPool memory;
    private final AtomicLong heldBytes = new AtomicLong();
    private final @Nullable KeptScores kept;
    private final long chunks;
    private final int splits;
    private final long tasks;
    private final @Nullable AtomicReferenceArray<AttnChunk> partial;
    private final @Nullable AtomicIntegerArray ended;

    FusedCall(
            AttentionInputs in,
            AttentionOutputs out,
            Tiling tiling,
            ScratchPool memory,
            @Nullable KeptScores kept) {
        this.in = in;
        this.out = out;
        this.tiling = tiling;
        this.memory = memory;
        this.kept = kept;
        shape = in.shape();
        chunks = tiling.chunks(shape);
        splits = Math.toIntExact(tiling.splits(shape));
        tasks = tiling.tasks(shape);
        partial = splits == 1 ? null : new AtomicReferenceArray<>(Math.toIntExact(tasks));
        ended = splits == 1 ? null : new AtomicIntegerArray(Math.toIntExact(tasks / splits));
    }

    long tasks() {
        return tasks;
    }

    void run(long task, OnlineSoftmax scratch) {
        long unit = task / splits;
        int split = (int) (task % splits);
        Rows rows = rows(unit);
        long firstKey = split * tiling.split();
        long endKey = Math.min(firstKey + tiling.split(), in.keyTokens());
        switch (scratch) {
            case RowAttention byRows ->
                    finish(unit, split, rows, byRows.attend(in, rows, firstKey, endKey));
            case BlockAttention byBlocks -> {
                byBlocks.attend(in, rows, firstKey, endKey, kept);
                if (splits == 1) {
                    byBlocks.writeTo(out, rows);
                } else {
                    AttnChunk state = AttnChunk.empty(rows.n(), (int) shape.valueChannels());
                    byBlocks.copyTo(state, 0, rows.n());
                    finish(unit, split, rows, state);
                }
            }
            default -> throw new AssertionError(scratch);
        }
    }

    /** Chunks from the last: causal ones are the longest, and the longest should start first. */
    private Rows rows(long unit) {
        long chunk = chunks - 1 - unit % chunks;
        long heads = tiling.byRows() ? in.key().size(1) : in.query().size(1);
        long headsEach = tiling.byRows() ? shape.groupSize() : 1;
        long head = unit / chunks;
        long first = chunk * tiling.rows();
        return new Rows(
                head / heads,
                head % heads * headsEach,
                first,
                (int) Math.min(tiling.rows(), in.queryTokens() - first));
    }

    private void finish(long unit, int split, Rows rows, AttnChunk state) {
        if (partial == null || ended == null) {
            store(rows, state);
            return;
        }
        int at = (int) unit * splits;
        memory.hold(bytes(state));
        heldBytes.addAndGet(bytes(state));
        partial.set(at + split, state);
        if (ended.incrementAndGet((int) unit) == splits) {
            AttnChunk[] states = new AttnChunk[splits];
            Arrays.setAll(states, i -> partial.getAndSet(at + i, AttnChunk.EMPTY));
            store(rows, AttnChunk.merge(Arrays.asList(states)));
            release(splits * bytes(state));
        }
    }

    /** What a call that failed or was cancelled still held. */
    void releaseAll() {
        release(heldBytes.get());
    }

    private void release(long bytes) {
        heldBytes.addAndGet(-bytes);
        memory.release(bytes);
    }

    private static long bytes(AttnChunk state) {
        return 4L * state.rows() * (state.valueChannels() + 2);
    }

    private void store(Rows rows, AttnChunk state) {
        long heads = tiling.byRows() ? shape.groupSize() : 1;
        Tensor logSumExp = out.logSumExp();
        new AttentionOutputs(
                        narrow(out.output(), rows, heads),
                        logSumExp == null ? null : narrow(logSumExp, rows, heads),
                        out.meter())
                .store(state);
    }

    private static Tensor narrow(Tensor tensor, Rows rows, long heads) {
        return tensor.narrow(0, rows.batch(), 1)
                .narrow(1, rows.head(), heads)
                .narrow(2, rows.first(), rows.n());
    }
}
