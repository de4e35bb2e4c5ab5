package io.github.subquad.peers;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.LongStream;

/** Tensors of rank 4 as an array of float32 for each head. */
final class HeadArrays {
    private HeadArrays() {}

    /** Each head, once, in row-major order. */
    static List<float[]> of(Tensor tensor) {
        return LongStream.range(0, heads(tensor))
                .mapToObj(h -> head(tensor, h).toFloatArray())
                .toList();
    }

    /** As {@link #of}, but all of them 0. */
    static List<float[]> zerosLike(Tensor tensor) {
        int length = Math.toIntExact(tensor.size(2) * tensor.size(3));
        return LongStream.range(0, heads(tensor)).mapToObj(_ -> new float[length]).toList();
    }

    /** Copies them back. */
    static void store(List<float[]> heads, Tensor tensor) {
        for (int h = 0; h < heads.size(); h++) {
            Tensor to = head(tensor, h);
            to.copyFrom(Tensor.wrap(MemorySegment.ofArray(heads.get(h)), DataType.F32, to.shape()));
        }
    }

    /** {@code [tokens, channels]} of one head of all in the batch. */
    static Tensor head(Tensor tensor, long head) {
        long batch = head / tensor.size(1);
        Tensor one = tensor.narrow(0, batch, 1).narrow(1, head % tensor.size(1), 1);
        return Tensor.wrap(
                one.segment(),
                one.byteOffset(),
                one.dataType(),
                new long[] {one.size(2), one.size(3)},
                new long[] {one.stride(2), one.stride(3)});
    }

    private static long heads(Tensor tensor) {
        return tensor.size(0) * tensor.size(1);
    }
}
