package io.github.subquad;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Where an engine puts its results.
 *
 * @param output {@code [batch, query heads, query tokens, value channels]}
 * @param logSumExp {@code [batch, query heads, query tokens]}, null if not asked for
 * @param meter to be advanced by finished rows
 */
public record AttentionOutputs(Tensor output, @Nullable Tensor logSumExp, ProgressMeter meter) {
    /**
     * The results of a chunk of the queries.
     *
     * @param start first query
     * @param length how many, at most
     * @return views
     */
    public AttentionOutputs narrowQueries(long start, long length) {
        return new AttentionOutputs(
                SubQuadraticAttention.narrowTrunc(output, 2, start, length),
                logSumExp == null
                        ? null
                        : SubQuadraticAttention.narrowTrunc(logSumExp, 2, start, length),
                meter);
    }

    /**
     * Writes the normalised output and the log-sum-exp of all rows, and counts them as finished.
     *
     * @param state the contribution of all keys, rows in the order {@code [batch, heads, tokens]}
     */
    public void store(AttnChunk state) {
        output.copyFrom(wrap(state.normalize(), output));
        if (logSumExp != null) {
            logSumExp.copyFrom(wrap(state.logSumExp(), logSumExp));
        }
        meter.advance(state.rows());
    }

    private static Tensor wrap(float[] values, Tensor like) {
        return Tensor.wrap(MemorySegment.ofArray(values), DataType.F32, like.shape());
    }
}
