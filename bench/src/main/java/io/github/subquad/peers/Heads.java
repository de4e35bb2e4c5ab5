package io.github.subquad.peers;

import io.github.subquad.tensor.Tensor;

/** Brings tensors to the rank 3 of libraries that know a batch, but no heads. */
final class Heads {
    private Heads() {}

    /**
     * Batch and heads as one dimension, without a copy.
     *
     * @param name of the tensor in messages
     * @param tensor {@code [batch, heads, tokens, channels]}
     * @param refusals of the peer
     * @return {@code [batch*heads, tokens, channels]}
     * @throws IllegalArgumentException if the heads lie at no single stride
     */
    static Tensor asBatch(String name, Tensor tensor, Refusals refusals) {
        boolean oneHead = tensor.size(1) == 1;
        if (tensor.size(0) > 1
                && !oneHead
                && tensor.stride(0) != tensor.size(1) * tensor.stride(1)) {
            throw refusals.wrong(name, "heads of a batch side by side", tensor);
        }
        return Tensor.wrap(
                tensor.segment(),
                tensor.byteOffset(),
                tensor.dataType(),
                new long[] {tensor.size(0) * tensor.size(1), tensor.size(2), tensor.size(3)},
                new long[] {
                    oneHead ? tensor.stride(0) : tensor.stride(1),
                    tensor.stride(2),
                    tensor.stride(3)
                });
    }
}
