package io.github.subquad.tornado;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.lang.foreign.MemorySegment;

/** Brings tensors into the arrays that TornadoVM copies to a device, and back. */
final class Staging {
    private Staging() {}

    /**
     * Some rows of each head, as float32, their channels padded.
     *
     * @param source {@code [batch, heads, tokens, channels]}, any number type and strides
     * @param array {@code [batch × heads, capacity, padded channels]}, its padding channels zero
     */
    static void copyIn(Tensor source, FloatArray array, int capacity, int paddedChannels) {
        long[] shape = source.shape();
        long wholeHead = (long) capacity * paddedChannels;
        long[] strides = {shape[1] * wholeHead, wholeHead, paddedChannels, 1};
        view(array, shape, strides).copyFrom(source);
    }

    /**
     * The array's numbers as a tensor.
     *
     * @param shape sizes, outermost first
     * @param strides in numbers
     * @return a view of the array
     */
    static Tensor view(FloatArray array, long[] shape, long[] strides) {
        return Tensor.wrap(
                array.getSegmentWithHeader(),
                TornadoNativeArray.ARRAY_HEADER,
                DataType.F32,
                shape,
                strides);
    }

    /** The array's numbers, without the header. */
    static MemorySegment numbers(FloatArray array) {
        return array.getSegmentWithHeader()
                .asSlice(TornadoNativeArray.ARRAY_HEADER, 4L * array.getSize());
    }
}
