/** The library beside its peers, in one process, turn about. */
@NullMarked
package io.github.subquad.peers;

import org.jspecify.annotations.NullMarked;
