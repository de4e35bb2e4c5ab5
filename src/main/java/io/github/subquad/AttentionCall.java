package io.github.subquad;

import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/** The tensors of a call as its caller gave them. */
record AttentionCall(Tensor query, Tensor key, Tensor value, @Nullable Tensor mask) {}
