package io.github.subquad.cpu;

import io.github.subquad.AttentionShape;
import io.github.subquad.BackendException;
import io.github.subquad.KeptWeights;
import io.github.subquad.MemoryBudget;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Scores of a forward pass, masks applied, from which a backward pass makes weights without the
 * product of queries and keys: stripes of up to {@link Kernels#WIDTH} queries over all keys, as
 * many as there is memory for, from the first head's first.
 */
final class KeptScores implements KeptWeights {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int WIDTH = Kernels.WIDTH;

    private final Arena arena = Arena.ofShared();
    private final ScratchPool memory;
    private final MemorySegment scores;
    private final int stripeRows;
    private final long stripesOfHead;
    private final long keys;
    private final long stripes;
    private boolean closed;

    /**
     * Room for some stripes.
     *
     * @param stripeRows queries of a stripe
     * @param stripes how many, at least 1
     * @param memory where they are counted until this is closed
     */
    KeptScores(AttentionShape shape, int stripeRows, long stripes, ScratchPool memory) {
        this.stripeRows = stripeRows;
        this.stripes = stripes;
        this.memory = memory;
        keys = shape.keyTokens();
        stripesOfHead = stripesOfHead(shape, stripeRows);
        try {
            scores = arena.allocate(bytes(), Long.BYTES);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new BackendException(
                    "cpu",
                    "no memory for %s of kept weights".formatted(MemoryBudget.format(bytes())),
                    "set a memory budget, or useCheckpoint");
        }
        memory.hold(bytes());
    }

    static long stripeBytes(AttentionShape shape) {
        return (long) Float.BYTES * WIDTH * shape.keyTokens();
    }

    static long stripesOfHead(AttentionShape shape, int stripeRows) {
        return Math.ceilDiv(shape.queryTokens(), stripeRows);
    }

    int stripeRows() {
        return stripeRows;
    }

    /** Whether the stripe of a query is kept; heads are numbered over all batches. */
    boolean has(long head, long query) {
        return stripe(head, query) < stripes;
    }

    private long stripe(long head, long query) {
        return head * stripesOfHead + query / stripeRows;
    }

    private long byteOffset(long head, long query, long key) {
        return Float.BYTES * WIDTH * (stripe(head, query) * keys + key);
    }

    /** Keeps scores [n][WIDTH] of some keys. */
    void write(long head, long query, long key, int n, float[] s) {
        MemorySegment.copy(s, 0, scores, FLOAT, byteOffset(head, query, key), n * WIDTH);
    }

    /** Keeps for some keys that all queries of a stripe are blind to them. */
    void writeHidden(long head, long query, long key, int n) {
        long from = byteOffset(head, query, key);
        for (long at = from; at < from + (long) Float.BYTES * n * WIDTH; at += Float.BYTES) {
            scores.set(FLOAT, at, Float.NEGATIVE_INFINITY);
        }
    }

    /** Reads scores [n][WIDTH] of some keys. */
    void read(long head, long query, long key, int n, float[] s) {
        MemorySegment.copy(scores, FLOAT, byteOffset(head, query, key), s, 0, n * WIDTH);
    }

    @Override
    public long bytes() {
        return Float.BYTES * WIDTH * keys * stripes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            arena.close();
            memory.release(bytes());
        }
    }
}
