package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The part of a mask that belongs to some queries and keys, as float32 biases on the device. What
 * the mask repeats, or lays over itself by its strides, is copied once.
 */
final class MaskTile {
    private MaskTile() {}

    /**
     * How many numbers {@link #load} copies.
     *
     * @param mask {@code [batch, heads, queries, keys]}
     * @return the least of its distinct elements and its span in memory
     */
    static long elements(Tensor mask) {
        return Math.min(distinct(mask), span(mask));
    }

    private static boolean isRepeated(Tensor mask, int dim) {
        return mask.stride(dim) == 0 || mask.size(dim) == 1;
    }

    /** Elements where what is repeated counts once. */
    private static long distinct(Tensor mask) {
        long elements = mask.size(3);
        for (int dim = 0; dim < 3; dim++) {
            elements *= isRepeated(mask, dim) ? 1 : mask.size(dim);
        }
        return elements;
    }

    /** From the first element in memory to the last. */
    private static long span(Tensor mask) {
        long span = 1;
        for (int dim = 0; dim < mask.rank(); dim++) {
            span += Math.max(0, mask.size(dim) - 1) * mask.stride(dim);
        }
        return span;
    }

    /**
     * Copies the biases and tells the frame how to find them.
     *
     * @param mask the part of the mask for the tile; nothing is copied of an empty one
     * @param firstKey the tile's first key, counted from the first on the device
     * @param tile with room for {@link #elements}
     */
    static void load(Tensor mask, int firstKey, FloatArray tile, IntArray frame) {
        long[] strides = new long[3];
        long elements = elements(mask);
        Tensor source;
        if (elements < distinct(mask)) {
            for (int dim = 0; dim < 3; dim++) {
                strides[dim] = isRepeated(mask, dim) ? 0 : mask.stride(dim);
            }
            source =
                    Tensor.wrap(
                            mask.segment(),
                            mask.byteOffset(),
                            mask.dataType(),
                            new long[] {elements},
                            new long[] {1});
        } else {
            source = mask;
            long stride = mask.size(3);
            for (int dim = 2; dim >= 0; dim--) {
                if (isRepeated(mask, dim)) {
                    source = source.narrow(dim, 0, 1);
                } else {
                    strides[dim] = stride;
                    stride *= mask.size(dim);
                }
            }
        }
        MemorySegment numbers =
                tile.getSegmentWithHeader().asSlice(TornadoNativeArray.ARRAY_HEADER, 4 * elements);
        Tensor.wrap(numbers, DataType.F32, source.shape()).copyFrom(source);
        if (mask.dataType() == DataType.BOOL) {
            truthToBias(numbers, elements);
        } else {
            raise(numbers, elements);
        }
        frame.set(Frame.MASK_OFFSET, -firstKey);
        frame.set(Frame.MASK_BATCH_STRIDE, Math.toIntExact(strides[0]));
        frame.set(Frame.MASK_HEAD_STRIDE, Math.toIntExact(strides[1]));
        frame.set(Frame.MASK_QUERY_STRIDE, Math.toIntExact(strides[2]));
    }

    private static void truthToBias(MemorySegment numbers, long elements) {
        for (long i = 0; i < elements; i++) {
            float truth = numbers.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, truth != 0 ? 0 : Float.NEGATIVE_INFINITY);
        }
    }

    /** Finite biases that engines count as {@link AttentionInputs#LEAST_BIAS}. */
    private static void raise(MemorySegment numbers, long elements) {
        float least = (float) AttentionInputs.LEAST_BIAS;
        for (long i = 0; i < elements; i++) {
            float bias = numbers.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            if (bias < least && bias != Float.NEGATIVE_INFINITY) {
                numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, least);
            }
        }
    }
}
