/** Attention in float64, row by row: the oracle that every engine is measured against. */
@NullMarked
package io.github.subquad.reference;

import org.jspecify.annotations.NullMarked;
