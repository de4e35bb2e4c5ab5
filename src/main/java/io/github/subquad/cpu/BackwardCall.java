package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.BackwardInputs;
import io.github.subquad.GradientOutputs;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CancellationException;

/**
 * One backward pass, cut into numbered tasks: blocks of keys, for each all heads, so that tasks
 * side by side meet the same queries rarely. A task walks the queries that see its keys, of all
 * heads of its group; what the keys contribute to the queries' gradients is added block of keys by
 * block of keys, in turns.
 */
final class BackwardCall implements AutoCloseable {
    private final BackwardInputs in;
    private final GradientOutputs out;
    private final @Nullable KeptScores kept;
    private final GradientSize size;
    private final AttentionShape shape;
    private final ScratchPool memory;
    private final TermStore terms;
    private final Turns turns;
    private final @Nullable MaskGradient mask;
    private final long queryBlocks;

    BackwardCall(
            BackwardInputs in,
            GradientOutputs out,
            @Nullable KeptScores kept,
            GradientSize size,
            ScratchPool memory) {
        this.in = in;
        this.out = out;
        this.kept = kept;
        this.size = size;
        this.memory = memory;
        shape = in.shape();
        queryBlocks = size.queryBlocks(shape);
        turns = new Turns(Math.toIntExact(shape.queryHeads() * queryBlocks));
        mask = out.mask() == null ? null : new MaskGradient(out.mask(), size, shape);
        terms = new TermStore(shape);
        memory.hold(bytes());
    }

    /** What is held beyond scratch. */
    private long bytes() {
        return TermStore.bytes(shape) + turns.bytes() + (mask == null ? 0 : mask.bytes());
    }

    /** Tasks that must have ended before the first of {@link #tasks}. */
    long termTasks() {
        return shape.queryHeads() * queryBlocks;
    }

    void runTerms(long task, BlockGradients scratch) {
        long head = task / queryBlocks;
        Rows rows = rows(head, task % queryBlocks);
        scratch.writeTerms(in, rows, terms, row(head, rows));
    }

    private Rows rows(long head, long queryBlock) {
        long heads = in.call().query().size(1);
        long first = queryBlock * size.queryBlock();
        int n = (int) Math.min(size.queryBlock(), shape.queryTokens() - first);
        return new Rows(head / heads, head % heads, first, n);
    }

    private long row(long head, Rows rows) {
        return head * shape.queryTokens() + rows.first();
    }

    long tasks() {
        return size.tasks(shape);
    }

    void run(long task, BlockGradients scratch) {
        boolean ended = false;
        try {
            runTask(task, scratch);
            ended = true;
        } finally {
            if (!ended) {
                turns.abandon();
                if (mask != null) {
                    mask.abandon();
                }
            }
        }
    }

    private void runTask(long task, BlockGradients scratch) {
        AttentionInputs call = in.call();
        long keyBlock = task / shape.keyHeads();
        long keyHead = task % shape.keyHeads();
        long heads = call.key().size(1);
        long first = keyBlock * size.keyBlock();
        int n = (int) Math.min(size.keyBlock(), shape.keyTokens() - first);
        scratch.begin(call, keyHead / heads, keyHead % heads, first, n);
        long group = shape.groupSize();
        for (long head = keyHead * group; head < (keyHead + 1) * group; head++) {
            scratch.beginMaskRow();
            for (long q = firstQueryBlock(keyBlock, first); q < queryBlocks; q++) {
                if (!passQueries(scratch, head, q, keyBlock, first, n)) {
                    return; // another task has failed, and tells why
                }
            }
            if (mask != null && mask.isOneRow()) {
                if (!mask.await(head, keyBlock, 0)) {
                    return;
                }
                mask.addRow(rows(head, 0), 0, first, scratch.maskRow(), 0, n);
                mask.pass(keyBlock, 0);
            }
        }
        scratch.writeKeys(out.key(), out.value(), keyHead / heads, keyHead % heads, first);
        out.meter().advance(n);
    }

    /** The first keys meet all queries, if only to begin their gradients. */
    private long firstQueryBlock(long keyBlock, long firstKey) {
        if (keyBlock == 0 || in.call().seesEveryKey()) {
            return 0;
        }
        return Math.max(0, firstKey - in.call().diagonal()) / size.queryBlock();
    }

    /** False if a turn never comes. */
    private boolean passQueries(
            BlockGradients scratch, long head, long q, long keyBlock, long firstKey, int n) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the backward pass was interrupted");
        }
        Rows rows = rows(head, q);
        scratch.beginQueries(in, rows, terms, row(head, rows));
        MaskGradient inTurns = mask == null || mask.isOneRow() ? null : mask;
        if (inTurns != null && !inTurns.await(head, keyBlock, q)) {
            return false;
        }
        for (int w = 0; w < n; w += Kernels.WIDTH) {
            var part = scratch.step(in.call(), rows, kept, head, firstKey + w, w);
            if (part == null || mask == null) {
                continue;
            }
            if (mask.isOneRow()) {
                scratch.addToMaskRow(part, w);
            } else {
                mask.add(rows, firstKey + w, part);
            }
        }
        if (inTurns != null) {
            inTurns.pass(keyBlock, q);
        }
        int sum = Math.toIntExact(head * queryBlocks + q);
        if (!turns.await(sum, Math.toIntExact(keyBlock))) {
            return false;
        }
        scratch.addQueriesTo(out.query(), rows, keyBlock == 0);
        turns.pass(sum);
        return true;
    }

    @Override
    public void close() {
        terms.close();
        memory.release(bytes());
    }
}
