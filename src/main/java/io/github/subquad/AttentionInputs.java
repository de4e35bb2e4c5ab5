package io.github.subquad;

import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * What an engine attends: tensors that were checked and brought to rank 4, and which pairs are
 * visible. Channels (keys in a mask) have stride 1; all else is strided.
 *
 * @param query {@code [batch, query heads, query tokens, channels]}
 * @param key {@code [batch, key heads, key tokens, channels]}
 * @param value {@code [batch, key heads, key tokens, value channels]}
 * @param mask {@code [batch, query heads, query tokens, key tokens]}, stride 0 where it is
 *     repeated: numbers are added to the scaled scores, where −∞ hides the pair; truth values say
 *     which pairs are visible; null hides nothing
 * @param scale factor of the scores
 * @param diagonal query i sees the keys 0 … i + diagonal; {@code Long.MAX_VALUE}: all
 */
public record AttentionInputs(
        Tensor query,
        Tensor key,
        Tensor value,
        @Nullable Tensor mask,
        double scale,
        long diagonal) {
    /**
     * What a finite bias below it counts as, about −1.18e38: engines work in base 2, where the
     * least float32 would overflow to −∞ and hide the pair, which it does not.
     */
    public static final double LEAST_BIAS = -0x1p127 * Math.log(2);

    /**
     * Checks the tensors of a call and brings them to this form, without copies.
     *
     * @param query {@code [batch*heads, query tokens, channels]}, or of rank 4
     * @param key {@code [batch*heads, key tokens, channels]}, or of rank 4
     * @param value {@code [batch*heads, key tokens, value channels]}, or of rank 4
     * @param mask as for {@link Attention#attend(Tensor, Tensor, Tensor, Tensor)}, or null
     * @param options whose scale and causality count
     * @return what an engine takes
     * @throws IllegalArgumentException naming the first tensor that does not fit
     */
    public static AttentionInputs of(
            Tensor query,
            Tensor key,
            Tensor value,
            @Nullable Tensor mask,
            AttentionOptions options) {
        AttentionShape shape = AttentionShape.of(query, key, value);
        return Inputs.checked(
                query, key, value, mask, options.scaleFor(shape.channels()), options.causal());
    }

    /**
     * The sizes.
     *
     * @return sizes of these tensors
     */
    public AttentionShape shape() {
        return AttentionShape.of(query, key, value);
    }

    /**
     * The number of queries of each head.
     *
     * @return query tokens
     */
    public long queryTokens() {
        return query.size(2);
    }

    /**
     * The number of keys of each head.
     *
     * @return key tokens
     */
    public long keyTokens() {
        return key.size(2);
    }

    /**
     * Whether position hides no key from any query.
     *
     * @return true if not causal
     */
    public boolean seesEveryKey() {
        return diagonal >= keyTokens() - 1;
    }

    /**
     * Some keys are visible by position to at least one query.
     *
     * @return false if nothing is to be computed
     */
    public boolean seesAnyKey() {
        return keyTokens() > 0 && (seesEveryKey() || queryTokens() - 1 + diagonal >= 0);
    }

    /**
     * A chunk of the queries.
     *
     * @param start first query
     * @param length how many, at most
     * @return the same keys for these queries
     */
    public AttentionInputs narrowQueries(long start, long length) {
        return new AttentionInputs(
                SubQuadraticAttention.narrowTrunc(query, 2, start, length),
                key,
                value,
                mask == null ? null : SubQuadraticAttention.narrowTrunc(mask, 2, start, length),
                scale,
                diagonal == Causal.EVERYTHING ? diagonal : diagonal + start);
    }

    /**
     * A chunk of the keys and values.
     *
     * @param start first key
     * @param length how many, at most
     * @return the same queries for these keys
     */
    public AttentionInputs narrowKeys(long start, long length) {
        return new AttentionInputs(
                query,
                SubQuadraticAttention.narrowTrunc(key, 2, start, length),
                SubQuadraticAttention.narrowTrunc(value, 2, start, length),
                mask == null ? null : SubQuadraticAttention.narrowTrunc(mask, 3, start, length),
                scale,
                diagonal == Causal.EVERYTHING ? diagonal : diagonal - start);
    }
}
