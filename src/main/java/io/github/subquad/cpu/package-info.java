/**
 * The CPU engine: fused attention in blocks that stay in cache, on the Vector API or in plain
 * loops.
 */
@NullMarked
package io.github.subquad.cpu;

import org.jspecify.annotations.NullMarked;
