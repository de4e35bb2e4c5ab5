package io.github.subquad.tensor;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether two views with equal strides, which may lie between each other's rows, share elements.
 */
final class Interleaving {
    private Interleaving() {}

    /** Equal strides wherever there is a step to make. */
    static boolean stepAlike(Tensor a, Tensor b) {
        return a.rank() == b.rank()
                && IntStream.range(0, a.rank())
                        .allMatch(
                                d ->
                                        a.size(d) == 1 && b.size(d) == 1
                                                || a.stride(d) == b.stride(d));
    }

    /**
     * Whether some steps in a lead where some steps in b do.
     *
     * @param distance elements from a's first to b's first
     */
    static boolean meet(Tensor a, Tensor b, long distance) {
        List<Integer> dims =
                IntStream.range(0, a.rank())
                        .filter(d -> a.size(d) > 1 || b.size(d) > 1)
                        .filter(d -> a.stride(d) != 0)
                        .boxed()
                        .sorted(Comparator.comparingLong((Integer d) -> a.stride(d)).reversed())
                        .toList();
        return meet(a, b, dims, distance);
    }

    /** The widest step first: what is left must be in reach of the others. */
    private static boolean meet(Tensor a, Tensor b, List<Integer> dims, long distance) {
        if (dims.isEmpty()) {
            return distance == 0;
        }
        List<Integer> others = dims.subList(1, dims.size());
        int d = dims.getFirst();
        long stride = a.stride(d);
        long forward = reach(a, others);
        long backward = reach(b, others);
        long least = Math.max(1 - b.size(d), Math.ceilDiv(distance - forward, stride));
        long most = Math.min(a.size(d) - 1, Math.floorDiv(distance + backward, stride));
        for (long steps = least; steps <= most; steps++) {
            if (meet(a, b, others, distance - steps * stride)) {
                return true;
            }
        }
        return false;
    }

    private static long reach(Tensor tensor, List<Integer> dims) {
        return dims.stream().mapToLong(d -> (tensor.size(d) - 1) * tensor.stride(d)).sum();
    }
}
