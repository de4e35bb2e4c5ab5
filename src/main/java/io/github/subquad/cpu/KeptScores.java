package io.github.subquad.cpu;

import io.github.subquad.AttentionShape;
import io.github.subquad.KeptWeights;

/**
 * Scores of a forward pass, masks applied, from which a backward pass makes weights without the
 * product of queries and keys: stripes of {@link Kernels#WIDTH} queries over all keys, as many as
 * there is memory for, from the first head's first. They have the bits that recomputing gives.
 */
final class KeptScores implements KeptWeights {
    private static final int WIDTH = Kernels.WIDTH;

    private final ScratchPool memory;
    private final OffHeap scores;
    private final long stripesOfHead;
    private final long keys;
    private final long stripes;
    private boolean closed;

    /**
     * Room for some stripes.
     *
     * @param stripes how many, at least 1
     * @param memory where they are counted until this is closed
     */
    KeptScores(AttentionShape shape, long stripes, ScratchPool memory) {
        this.stripes = stripes;
        this.memory = memory;
        keys = shape.keyTokens();
        stripesOfHead = stripesOfHead(shape);
        scores = new OffHeap(WIDTH * keys * stripes, "kept scores");
        memory.hold(bytes());
    }

    static long stripeBytes(AttentionShape shape) {
        return (long) Float.BYTES * WIDTH * shape.keyTokens();
    }

    static long stripesOfHead(AttentionShape shape) {
        return Math.ceilDiv(shape.queryTokens(), WIDTH);
    }

    /** Whether the stripe of a query is kept; heads are numbered over all batches. */
    boolean has(long head, long query) {
        return stripe(head, query) < stripes;
    }

    private long stripe(long head, long query) {
        return head * stripesOfHead + query / WIDTH;
    }

    private long at(long head, long query, long key) {
        return WIDTH * (stripe(head, query) * keys + key);
    }

    /** Keeps scores [n][WIDTH] of some keys. */
    void write(long head, long query, long key, int n, float[] s) {
        scores.write(s, n * WIDTH, at(head, query, key));
    }

    /** Keeps for some keys that all queries of a stripe are blind to them. */
    void writeHidden(long head, long query, long key, int n) {
        scores.fill(at(head, query, key), (long) n * WIDTH, Float.NEGATIVE_INFINITY);
    }

    /** Reads scores [n][WIDTH] of some keys. */
    void read(long head, long query, long key, int n, float[] s) {
        scores.read(at(head, query, key), s, n * WIDTH);
    }

    @Override
    public long bytes() {
        return Float.BYTES * WIDTH * keys * stripes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            scores.close();
            memory.release(bytes());
        }
    }
}
