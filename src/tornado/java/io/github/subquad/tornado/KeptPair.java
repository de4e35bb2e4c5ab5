package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.lang.foreign.Arena;

/**
 * Weights of a chunk of queries for a chunk of keys on the host, exp(s − maximum), and the maxima
 * of the rows.
 *
 * @param weights {@code [batch, heads, queries, columns]}
 * @param maxima {@code [batch, heads, queries]}
 */
record KeptPair(Tensor weights, Tensor maxima) {
    /** Room for a pair. */
    static KeptPair allocate(Arena arena, AttentionInputs chunk) {
        long[] shape = chunk.query().shape();
        long[] rows = {shape[0], shape[1], shape[2]};
        shape[3] = columns(chunk);
        return new KeptPair(allocate(arena, shape), allocate(arena, rows));
    }

    private static Tensor allocate(Arena arena, long... shape) {
        return Tensor.allocate(arena, DataType.F32, shape);
    }

    /** Keys in whole tiles: kernels look at these. */
    static long columns(AttentionInputs chunk) {
        return columns(chunk.keyTokens());
    }

    static long columns(long keys) {
        return Capacity.padded(keys, TiledScores.KEYS);
    }

    /** What {@link #allocate} takes. */
    static long bytes(AttentionInputs chunk) {
        long rows = chunk.shape().queryHeads() * chunk.queryTokens();
        return Float.BYTES * rows * (columns(chunk) + 1);
    }

    /** What the pairs of a whole call take, if nothing is hidden by position. */
    static long bytesOfAll(Layout layout) {
        AttentionShape shape = layout.shape();
        long slabs = shape.keyTokens() / layout.keySlab();
        long rest = shape.keyTokens() % layout.keySlab();
        long ofARow =
                slabs * numbersOfARow(layout.keySlab(), layout.kvChunk())
                        + numbersOfARow(rest, layout.kvChunk());
        return Float.BYTES * shape.queryHeads() * shape.queryTokens() * ofARow;
    }

    /** What a pair of whole chunks takes. */
    static long bytesOfOne(Layout layout) {
        long rows = layout.keyHeads() * layout.shape().groupSize() * layout.queryChunk();
        return Float.BYTES * rows * (columns(layout.kvChunk()) + 1);
    }

    private static long numbersOfARow(long keys, long chunk) {
        long rest = keys % chunk;
        return keys / chunk * (columns(chunk) + 1) + (rest == 0 ? 0 : columns(rest) + 1);
    }

    /** Takes over what a program computed. */
    void write(Tensor from, Tensor fromMaxima) {
        weights.copyFrom(from);
        maxima.copyFrom(fromMaxima);
    }

    /** Hands it to a program. */
    void read(Tensor to, Tensor toMaxima) {
        to.copyFrom(weights);
        toMaxima.copyFrom(maxima);
    }
}
