/**
 * Exact attention, softmax(Q·Kᵀ/√d)·V, in sub-quadratic memory, after Rabe and Staats,
 * "Self-attention Does Not Need O(n²) Memory" (arXiv 2112.05682).
 *
 * <p>{@link io.github.subquad.SubQuadraticAttention} has the functions of the well-known Python
 * original; {@link io.github.subquad.Attention} is a session to call many times. Engines plug in as
 * {@link io.github.subquad.AttentionBackend}s.
 */
@NullMarked
package io.github.subquad;

import org.jspecify.annotations.NullMarked;
