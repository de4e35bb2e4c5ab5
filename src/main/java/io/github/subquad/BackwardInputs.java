package io.github.subquad;

import io.github.subquad.tensor.Tensor;

/**
 * What an engine differentiates: a call, its results over all keys, and the gradient of its output.
 * Channels have stride 1; all else is strided.
 *
 * @param call tensors of the call
 * @param output {@code [batch, query heads, query tokens, value channels]}
 * @param logSumExp {@code [batch, query heads, query tokens]}
 * @param gradOutput shaped as output
 */
public record BackwardInputs(
        AttentionInputs call, Tensor output, Tensor logSumExp, Tensor gradOutput) {
    /**
     * The sizes.
     *
     * @return sizes of the call
     */
    public AttentionShape shape() {
        return call.shape();
    }

    /**
     * A chunk of the queries.
     *
     * @param start first query
     * @param length how many, at most
     * @return the same keys for these queries
     */
    public BackwardInputs narrowQueries(long start, long length) {
        return new BackwardInputs(
                call.narrowQueries(start, length),
                SubQuadraticAttention.narrowTrunc(output, 2, start, length),
                SubQuadraticAttention.narrowTrunc(logSumExp, 2, start, length),
                SubQuadraticAttention.narrowTrunc(gradOutput, 2, start, length));
    }

    /**
     * A chunk of the keys and values.
     *
     * @param start first key
     * @param length how many, at most
     * @return the same queries, with their results over all keys, for these keys
     */
    public BackwardInputs narrowKeys(long start, long length) {
        return new BackwardInputs(call.narrowKeys(start, length), output, logSumExp, gradOutput);
    }
}
