package io.github.subquad.cpu;

import io.github.subquad.AttentionShape;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the backward pass knows of each query row as a whole: minus its log-sum-exp in base 2, and Σ
 * gradOutput · output. Rows are numbered over all heads.
 */
final class RowTerms implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final Arena arena = Arena.ofShared();
    private final long rows;
    private final MemorySegment terms;

    RowTerms(AttentionShape shape) {
        rows = shape.queryHeads() * shape.queryTokens();
        terms = arena.allocate(bytes(shape), Long.BYTES);
    }

    static long bytes(AttentionShape shape) {
        return 2L * Float.BYTES * shape.queryHeads() * shape.queryTokens();
    }

    void write(long row, int n, float[] neg, float[] delta) {
        MemorySegment.copy(neg, 0, terms, FLOAT, Float.BYTES * row, n);
        MemorySegment.copy(delta, 0, terms, FLOAT, Float.BYTES * (rows + row), n);
    }

    void read(long row, int n, float[] neg, float[] delta) {
        MemorySegment.copy(terms, FLOAT, Float.BYTES * row, neg, 0, n);
        MemorySegment.copy(terms, FLOAT, Float.BYTES * (rows + row), delta, 0, n);
    }

    @Override
    public void close() {
        arena.close();
    }
}
