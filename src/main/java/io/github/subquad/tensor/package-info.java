/** Strided off-heap tensors in the storage types that attention meets. */
@NullMarked
package io.github.subquad.tensor;

import org.jspecify.annotations.NullMarked;
