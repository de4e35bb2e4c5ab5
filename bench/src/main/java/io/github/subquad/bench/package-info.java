/** The library beside its peers, in one process, turn about. */
@NullMarked
package io.github.subquad.bench;

import org.jspecify.annotations.NullMarked;
