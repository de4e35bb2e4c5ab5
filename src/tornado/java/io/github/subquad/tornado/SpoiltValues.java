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
 * one get NaN in its channel afterwards. Found in few calls, and then few.
 */
final class SpoiltValues {
    private static final int EXPONENT = 0x7f80_0000;

    /** One such value: its key head, counted over batches, its key and its channel. */
    private record Place(long keyHead, long key, int channel) {}

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
        MemorySegment numbers = Staging.numbers(value);
        long heads = in.shape().keyHeads();
        long keys = in.keyTokens();
        boolean any = false;
        for (long head = 0; head < heads; head++) {
            any |= anySpoilt(numbers, head * capacity * channels, keys * channels);
        }
        if (!any) {
            return null;
        }
        var spoilt = new SpoiltValues();
        for (long head = 0; head < heads; head++) {
            for (long j = 0; j < keys; j++) {
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
            long b = place.keyHead / keyHeads;
            long firstHead = place.keyHead % keyHeads * group;
            for (long h = firstHead; h < firstHead + group; h++) {
                for (long i = 0; i < rows.queryTokens(); i++) {
                    if (sees(rows, b, h, i, place.key)) {
                        output.set(Float.NaN, b, h, i, place.channel);
                    }
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
