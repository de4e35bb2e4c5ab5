package io.github.subquad;

import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * What a call gives.
 *
 * @param output softmax(Q·Kᵀ·scale + mask)·V, shaped as the query with the value's channels
 * @param logSumExp natural log of each row's softmax denominator, float32, {@code [batch*heads,
 *     tokens]} or {@code [batch, heads, tokens]}; −∞ for rows that see no key; null if not asked
 *     for
 */
public record AttentionResult(Tensor output, @Nullable Tensor logSumExp) {}
