package io.github.subquad;

import io.github.subquad.tensor.Tensor;

/**
 * The sizes of one attention call. Batch and heads count as one dimension; queries of grouped heads
 * share keys: query head {@code i} uses key head {@code i / groupSize()}.
 *
 * @param queryHeads batch × query heads, at least 0
 * @param keyHeads batch × key heads; divides {@code queryHeads}
 * @param queryTokens at least 0
 * @param keyTokens at least 0
 * @param channels of query and key, at least 1
 * @param valueChannels of value and output, at least 1
 */
public record AttentionShape(
        long queryHeads,
        long keyHeads,
        long queryTokens,
        long keyTokens,
        long channels,
        long valueChannels) {
    private static final double MOST_ELEMENTS = 0x1p56;

    /** Checks each size. */
    public AttentionShape {
        atLeast("query heads", queryHeads, 0);
        atLeast("key heads", keyHeads, 0);
        atLeast("query tokens", queryTokens, 0);
        atLeast("key tokens", keyTokens, 0);
        atLeast("channels", channels, 1);
        atLeast("value channels", valueChannels, 1);
        atMost("query", queryHeads, queryTokens, channels);
        atMost("output", queryHeads, queryTokens, valueChannels);
        atMost("key", keyHeads, keyTokens, channels);
        atMost("value", keyHeads, keyTokens, valueChannels);
        if (keyHeads == 0 ? queryHeads != 0 : queryHeads % keyHeads != 0) {
            throw new IllegalArgumentException(
                    "query heads: expected a multiple of the %d key heads, got %d"
                            .formatted(keyHeads, queryHeads));
        }
    }

    /**
     * Equal heads, and as many value channels as channels.
     *
     * @param heads batch × heads
     * @param queryTokens at least 0
     * @param keyTokens at least 0
     * @param channels at least 1
     * @return the shape
     */
    public static AttentionShape of(long heads, long queryTokens, long keyTokens, long channels) {
        return new AttentionShape(heads, heads, queryTokens, keyTokens, channels, channels);
    }

    /**
     * The shape of a call, with every mismatch named.
     *
     * @param query {@code [batch*heads, tokens, channels]} or {@code [batch, heads, tokens,
     *     channels]}
     * @param key of the same rank and channels; its heads divide the query's
     * @param value of the same rank, heads and tokens as key
     * @return the sizes
     * @throws IllegalArgumentException if the three do not fit each other
     */
    public static AttentionShape of(Tensor query, Tensor key, Tensor value) {
        int rank = query.rank();
        if (rank != 3 && rank != 4) {
            throw new IllegalArgumentException(
                    "query: expected [batch*heads, tokens, channels] or [batch, heads, tokens,"
                            + " channels], got "
                            + query);
        }
        same("key", key, "rank", key.rank(), "the query's", rank);
        same("value", value, "rank", value.rank(), "the query's", rank);
        if (rank == 4) {
            same("key", key, "batch", key.size(0), "the query's", query.size(0));
            same("value", value, "batch", value.size(0), "the query's", query.size(0));
        }
        same("key", key, "channels", key.size(-1), "the query's", query.size(-1));
        same("value", value, "heads", value.size(-3), "the key's", key.size(-3));
        same("value", value, "tokens", value.size(-2), "the key's", key.size(-2));
        long batch = rank == 4 ? query.size(0) : 1;
        return new AttentionShape(
                batch * query.size(-3),
                batch * key.size(-3),
                query.size(-2),
                key.size(-2),
                query.size(-1),
                value.size(-1));
    }

    /**
     * The same heads and channels.
     *
     * @param queries query tokens, at least 0
     * @param keys key tokens, at least 0
     * @return the sizes of a chunk
     */
    public AttentionShape withTokens(long queries, long keys) {
        return new AttentionShape(queryHeads, keyHeads, queries, keys, channels, valueChannels);
    }

    /**
     * How many query heads share one key head.
     *
     * @return 1 for ordinary attention
     */
    public long groupSize() {
        return keyHeads == 0 ? 1 : queryHeads / keyHeads;
    }

    /**
     * The size of the score matrix that a naive evaluation builds in float32.
     *
     * @return bytes, {@code Long.MAX_VALUE} if more than 63 bits
     */
    public long scoreMatrixBytes() {
        double bytes = 4.0 * queryHeads * queryTokens * keyTokens;
        return (long) bytes;
    }

    /**
     * Floating-point operations by the usual convention: two for each multiply-add of Q·Kᵀ and of
     * P·V, none for the softmax; causal calls count the visible pairs alone.
     *
     * @param causal which keys are visible
     * @return operations
     */
    public double flops(Causal causal) {
        double pairs = (double) queryTokens * keyTokens;
        if (causal != Causal.NONE) {
            double first = Math.min(keyTokens, causal.diagonal(queryTokens, keyTokens) + 1.0);
            double rows = queryTokens - Math.max(0, 1 - first);
            double start = Math.max(1, first);
            double growing = Math.clamp(keyTokens - start + 1, 0, Math.max(0, rows));
            pairs =
                    growing * (2 * start + growing - 1) / 2
                            + (Math.max(0, rows) - growing) * keyTokens;
        }
        return 2.0 * queryHeads * pairs * (channels + valueChannels);
    }

    private static void atLeast(String name, long got, long least) {
        if (got < least) {
            throw new IllegalArgumentException(
                    "%s: expected at least %d, got %d".formatted(name, least, got));
        }
    }

    /** Far beyond any machine, and low enough that no count of bytes overflows 63 bits. */
    private static void atMost(String name, long heads, long tokens, long channels) {
        if ((double) heads * tokens * channels > MOST_ELEMENTS) {
            throw new IllegalArgumentException(
                    "%s: expected at most 2^56 elements, got %d x %d x %d"
                            .formatted(name, heads, tokens, channels));
        }
    }

    private static void same(
            String name, Tensor tensor, String what, long got, String whose, long expected) {
        if (got != expected) {
            throw new IllegalArgumentException(
                    "%s: expected %s %s %d, got %d (%s)"
                            .formatted(name, whose, what, expected, got, tensor));
        }
    }
}
