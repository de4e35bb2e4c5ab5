/**
 * Other ways to compute attention, as backends of the library: found on the class path, chosen by
 * name alone, measured like any engine.
 */
@NullMarked
package io.github.subquad.peers;

import org.jspecify.annotations.NullMarked;
