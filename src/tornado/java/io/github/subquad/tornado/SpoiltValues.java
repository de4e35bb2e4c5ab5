package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Values that are NaN or infinite, where a mask or causality may hide them. Kernels weigh a hidden
 * value by 0, and 0·NaN is NaN; so such values go to the device as zeros, and the rows that do see
 * one get NaN in its channel afterwards. In a backward pass it is the gradient of the output that
 * is weighed, and keys that are seen by its rows get NaN. Found in few calls, and then few.
 */
final class SpoiltValues {
    private static final int EXPONENT = 0x7f80_0000;

    /** One such number: its head, counted over batches, its token and its channel. */
    private record Place(long head, long token, int channel) {}

    private final List<Place> places = new ArrayList<>();

    /**
     * Takes them out of the values that are about to go to the device.
     *
     * @param in whose values the array holds
     * @param value {@code [key heads, capacity, padded channels]}
     * @return null if there is none, or nothing can be hidden
     */
    static @Nullable SpoiltValues takeFrom(
            FloatArray value, AttentionInputs in, int capacity, int channels) {
        if (in.mask() == null && in.seesEveryKey()) {
            return null;
        }
        return takeFrom(value, in.shape().keyHeads(), in.keyTokens(), capacity, channels);
    }

    /**
     * The same for any rows, whether they can be hidden or not.
     *
     * @param rows {@code [heads, capacity, padded channels]}
     * @return null if there is none
     */
    static @Nullable SpoiltValues takeFrom(
            FloatArray rows, long heads, long tokens, int capacity, int channels) {
        MemorySegment numbers = Staging.numbers(rows);
        boolean any = false;
        for (long head = 0; head < heads; head++) {
            any |= anySpoilt(numbers, head * capacity * channels, tokens * channels);
        }
        if (!any) {
            return null;
        }
        var spoilt = new SpoiltValues();
        for (long head = 0; head < heads; head++) {
            for (long j = 0; j < tokens; j++) {
                for (int c = 0; c < channels; c++) {
                    long at = (head * capacity + j) * channels + c;
                    if (isSpoilt(numbers.getAtIndex(ValueLayout.JAVA_INT, at))) {
                        numbers.setAtIndex(ValueLayout.JAVA_FLOAT, at, 0);
                        spoilt.places.add(new Place(head, j, c));
                    }
                }
            }
        }
        return spoilt;
    }

    /** A loop without branches, which the compiler turns into vectors. */
    private static boolean anySpoilt(MemorySegment numbers, long first, long count) {
        int greatest = 0;
        for (long i = first; i < first + count; i++) {
            greatest = Math.max(greatest, numbers.getAtIndex(ValueLayout.JAVA_INT, i) & EXPONENT);
        }
        return greatest == EXPONENT;
    }

    private static boolean isSpoilt(int bits) {
        return (bits & EXPONENT) == EXPONENT;
    }

    /**
     * Puts NaN where a row sees one of them.
     *
     * @param rows the same heads and keys, some of the queries
     * @param output {@code [batch, heads, queries, value channels]}
     */
    void mark(AttentionInputs rows, Tensor output) {
        long keyHeads = rows.key().size(1);
        long group = rows.shape().groupSize();
        for (Place place : places) {
            long b = place.head / keyHeads;
            long firstHead = place.head % keyHeads * group;
            for (long h = firstHead; h < firstHead + group; h++) {
                for (long i = 0; i < rows.queryTokens(); i++) {
                    if (sees(rows, b, h, i, place.token)) {
                        output.set(Float.NaN, b, h, i, place.channel);
                    }
                }
            }
        }
    }

    /**
     * Puts NaN where a key is seen by a row of the queries whose gradient held one of them.
     *
     * @param rows heads, queries and keys
     * @param gradValue {@code [batch, key heads, keys, value channels]}
     */
    void markKeys(AttentionInputs rows, Tensor gradValue) {
        long heads = rows.query().size(1);
        for (Place place : places) {
            long b = place.head / heads;
            long h = place.head % heads;
            long keyHead = h / rows.shape().groupSize();
            for (long j = 0; j < rows.keyTokens(); j++) {
                if (sees(rows, b, h, place.token, j)) {
                    gradValue.set(Float.NaN, b, keyHead, j, place.channel);
                }
            }
        }
    }

    private static boolean sees(AttentionInputs rows, long b, long h, long i, long j) {
        Tensor mask = rows.mask();
        if (!rows.seesEveryKey() && j > i + rows.diagonal()) {
            return false;
        }
        if (mask == null) {
            return true;
        }
        float m = mask.get(b, h, i, j);
        return mask.dataType() == DataType.BOOL ? m != 0 : m != Float.NEGATIVE_INFINITY;
    }
}
