package io.github.subquad;

import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * Gradients of a scalar with respect to the inputs of a call.
 *
 * @param query float32, shaped as the query
 * @param key shaped as the key; of grouped heads, summed over the query heads that share it
 * @param value shaped as the value
 * @param mask float32, shaped as the mask, summed where the mask was repeated; null if there was no
 *     mask or the options do not ask for it
 */
public record AttentionGradients(Tensor query, Tensor key, Tensor value, @Nullable Tensor mask) {}
