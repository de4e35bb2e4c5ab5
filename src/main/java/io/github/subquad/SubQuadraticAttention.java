package io.github.subquad;

import io.github.subquad.tensor.Tensor;

/**
 * The functions of the Python original, {@code efficient_dot_product_attention} and what it is made
 * of. Calls share one engine; for options that name a backend, threads or other engine settings, or
 * for many calls, an {@link Attention} session is the better choice.
 */
public final class SubQuadraticAttention {
    private SubQuadraticAttention() {}

    /** Opened by the first call, for the life of the process; its threads are daemons. */
    private static final class Shared {
        static final Attention ATTENTION = Attention.open();
    }

    /**
     * Exact attention, softmax(Q·Kᵀ/√channels)·V, in sub-quadratic memory.
     *
     * @param query {@code [batch*heads, query tokens, channels]}, or rank 4 {@code [batch, heads,
     *     query tokens, channels]}; channels have stride 1
     * @param key {@code [batch*heads, key tokens, channels]}; its heads divide the query's
     * @param value {@code [batch*heads, key tokens, value channels]}
     * @return {@code [batch*heads, query tokens, value channels]}, in the query's rank and type
     * @throws IllegalArgumentException if the shapes do not fit each other
     */
    public static Tensor efficientDotProductAttention(Tensor query, Tensor key, Tensor value) {
        return Shared.ATTENTION.attend(query, key, value).output();
    }

    /**
     * Exact attention with options.
     *
     * @param query as above
     * @param key as above
     * @param value as above
     * @param options how to attend; an engine is opened for this call and closed after it
     * @return as above
     * @throws IllegalArgumentException if the shapes do not fit each other or an option cannot be
     *     honoured
     * @throws BackendException if the device fails
     */
    public static Tensor efficientDotProductAttention(
            Tensor query, Tensor key, Tensor value, AttentionOptions options) {
        try (Attention attention = Attention.open(options)) {
            return attention.attend(query, key, value).output();
        }
    }

    /**
     * A part of one dimension, cut short at its end: {@code narrow_trunc} of the original.
     *
     * @param input any tensor
     * @param dim dimension from 0, or from −1 for the last
     * @param start first index kept, 0 to the dimension's size
     * @param length number of indices kept if there are as many
     * @return a view
     * @throws IllegalArgumentException if start is outside the dimension or length negative
     */
    public static Tensor narrowTrunc(Tensor input, int dim, long start, long length) {
        return input.narrow(dim, start, Math.min(length, input.size(dim) - start));
    }

    /**
     * What some keys contribute to some queries: {@code summarize_chunk} of the original.
     *
     * @param query {@code [batch*heads, query tokens, channels]} or rank 4
     * @param keyChunk {@code [batch*heads, key tokens, channels]}
     * @param valueChunk {@code [batch*heads, key tokens, value channels]}
     * @param scale factor of the scores, finite
     * @return sums over these keys, rows in the order {@code [batch*heads, query tokens]}
     * @throws IllegalArgumentException if the shapes do not fit each other
     */
    public static AttnChunk summarizeChunk(
            Tensor query, Tensor keyChunk, Tensor valueChunk, double scale) {
        return Shared.ATTENTION.summarizeChunk(query, keyChunk, valueChunk, scale);
    }
}
