package io.github.subquad;

import org.jspecify.annotations.Nullable;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What some queries and some keys contribute to the gradients of a call: the counterpart of {@link
 * AttnChunk} in the backward pass.
 *
 * <p>Gradients are sums over pairs, so that chunks over disjoint sets of pairs just add: {@link
 * #query} over chunks of the same queries with other keys, {@link #key} and {@link #value} over
 * chunks of the same keys with other queries. Chunks, devices or machines may share a backward pass
 * and add in a fixed order; each needs the output and the log-sum-exp over all keys, nothing else
 * of the others.
 *
 * @param query {@code [query heads, query tokens, channels]}; the array is not copied
 * @param key {@code [key heads, key tokens, channels]}, summed over the query heads of a group
 * @param value {@code [key heads, key tokens, value channels]}
 * @param mask {@code [query heads, query tokens, key tokens]}, gradient of the scores; null if not
 *     asked for
 */
public record AttnGradChunk(float[] query, float[] key, float[] value, float @Nullable [] mask)
        implements Serializable {
    /**
     * Nothing yet.
     *
     * @param shape sizes of the chunk
     * @param ofMask whether there is a gradient of the mask
     * @return zeros
     * @throws IllegalArgumentException if the chunk exceeds what a Java array holds
     */
    public static AttnGradChunk zeros(AttentionShape shape, boolean ofMask) {
        long queryRows = shape.queryHeads() * shape.queryTokens();
        long keyRows = shape.keyHeads() * shape.keyTokens();
        return new AttnGradChunk(
                array("query", queryRows, shape.channels()),
                array("key", keyRows, shape.channels()),
                array("value", keyRows, shape.valueChannels()),
                ofMask ? array("mask", queryRows, shape.keyTokens()) : null);
    }

    private static float[] array(String name, long rows, long width) {
        if ((double) rows * width > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "%s: a chunk of %d rows of %d exceeds a Java array; take fewer"
                            .formatted(name, rows, width));
        }
        return new float[(int) (rows * width)];
    }

    /**
     * The float32 numbers of a chunk.
     *
     * @param shape sizes of the chunk
     * @param ofMask whether there is a gradient of the mask
     * @return bytes
     */
    public static long bytes(AttentionShape shape, boolean ofMask) {
        long queryRows = shape.queryHeads() * shape.queryTokens();
        long keyRows = shape.keyHeads() * shape.keyTokens();
        return Float.BYTES
                * (queryRows * shape.channels()
                        + keyRows * (shape.channels() + shape.valueChannels())
                        + (ofMask ? queryRows * shape.keyTokens() : 0));
    }

    /** Equal sizes and bits. */
    @Override
    public boolean equals(Object other) {
        return other instanceof AttnGradChunk(var q, var k, var v, var m)
                && Arrays.equals(query, q)
                && Arrays.equals(key, k)
                && Arrays.equals(value, v)
                && Arrays.equals(mask, m);
    }

    /** Agrees with {@link #equals}. */
    @Override
    public int hashCode() {
        return Arrays.deepHashCode(new Object[] {query, key, value, mask});
    }

    /** The sizes, not the numbers. */
    @Override
    public String toString() {
        return "AttnGradChunk[query=%d, key=%d, value=%d, mask=%d]"
                .formatted(query.length, key.length, value.length, mask == null ? 0 : mask.length);
    }
}
