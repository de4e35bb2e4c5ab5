package io.github.subquad.tornado;

import io.github.subquad.AttnGradChunk;
import io.github.subquad.BackwardInputs;
import io.github.subquad.GradientOutputs;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/**
 * Where gradients go.
 *
 * @param query {@code [batch, query heads, query tokens, channels]}
 * @param key {@code [batch, key heads, key tokens, channels]}
 * @param value {@code [batch, key heads, key tokens, value channels]}
 * @param mask {@code [batch, query heads, query tokens, key tokens]}, null if not wanted
 * @param progress told the number of keys that are finished, over their heads
 */
record GradientPlaces(
        Tensor query, Tensor key, Tensor value, @Nullable Tensor mask, LongConsumer progress) {
    static GradientPlaces of(GradientOutputs out) {
        return new GradientPlaces(
                out.query(), out.key(), out.value(), out.mask(), out.meter()::advance);
    }

    /** The arrays of a chunk; writing to the tensors changes it. */
    static GradientPlaces of(AttnGradChunk chunk, BackwardInputs in) {
        long[] scores = in.call().query().shape();
        scores[3] = in.call().keyTokens();
        return new GradientPlaces(
                wrap(chunk.query(), in.call().query().shape()),
                wrap(chunk.key(), in.call().key().shape()),
                wrap(chunk.value(), in.call().value().shape()),
                chunk.mask() == null ? null : wrap(chunk.mask(), scores),
                keys -> {});
    }

    private static Tensor wrap(float[] numbers, long[] shape) {
        return Tensor.wrap(MemorySegment.ofArray(numbers), DataType.F32, shape);
    }
}
