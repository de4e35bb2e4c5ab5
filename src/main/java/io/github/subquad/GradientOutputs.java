package io.github.subquad;

import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * Where an engine puts gradients.
 *
 * @param query float32, {@code [batch, query heads, query tokens, channels]}: a sum that grows with
 *     every chunk of keys
 * @param key {@code [batch, key heads, key tokens, channels]}
 * @param value {@code [batch, key heads, key tokens, value channels]}
 * @param mask float32, {@code [batch, query heads, query tokens, key tokens]}, stride 0 where the
 *     gradient is a sum over a dimension in which the mask is repeated; null if not asked for
 * @param meter to be advanced by finished keys of each key head
 */
public record GradientOutputs(
        Tensor query, Tensor key, Tensor value, @Nullable Tensor mask, ProgressMeter meter) {
    /** Sets all gradients to 0. */
    public void clear() {
        query.fill(0);
        key.fill(0);
        value.fill(0);
        if (mask != null) {
            mask.fill(0);
        }
    }
}
