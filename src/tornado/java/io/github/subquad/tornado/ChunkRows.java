package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttnChunk;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The three parts of an {@link AttnChunk} as tensors, so that a part of the rows can be taken.
 *
 * @param values {@code [batch, heads, queries, value channels]}
 * @param sums {@code [batch, heads, queries]}
 * @param maxima {@code [batch, heads, queries]}
 */
record ChunkRows(Tensor values, Tensor sums, Tensor maxima) {
    /** All rows of a call; writing to them changes the chunk. */
    static ChunkRows of(AttnChunk chunk, AttentionInputs in) {
        long[] shape = in.query().shape();
        long[] rows = Arrays.copyOf(shape, 3);
        shape[3] = in.value().size(3);
        return new ChunkRows(
                wrap(chunk.expValues(), shape),
                wrap(chunk.expWeightsSum(), rows),
                wrap(chunk.maxScore(), rows));
    }

    private static Tensor wrap(float[] numbers, long[] shape) {
        return Tensor.wrap(MemorySegment.ofArray(numbers), DataType.F32, shape);
    }

    /** Some queries of a slab's heads. */
    ChunkRows narrow(Slab slab, long first, long queries) {
        return new ChunkRows(
                slab.queryHeads(values).narrow(2, first, queries),
                slab.queryHeads(sums).narrow(2, first, queries),
                slab.queryHeads(maxima).narrow(2, first, queries));
    }

    /** A copy, row after row. */
    AttnChunk read() {
        return new AttnChunk(values.toFloatArray(), sums.toFloatArray(), maxima.toFloatArray());
    }

    /** Takes over a chunk of as many rows. */
    void write(AttnChunk chunk) {
        values.copyFrom(wrap(chunk.expValues(), values.shape()));
        sums.copyFrom(wrap(chunk.expWeightsSum(), sums.shape()));
        maxima.copyFrom(wrap(chunk.maxScore(), maxima.shape()));
    }
}
