/**
 * Result files held against each other: {@linkplain io.github.subquad.bench.compare.Pairing which
 * rows} measure the same, {@linkplain io.github.subquad.bench.compare.TimeRatio how many times as
 * fast} one is as the other, and what of that {@linkplain io.github.subquad.bench.compare.Finding
 * is shown}. Method and limits: {@code docs/compare.md}.
 */
@NullMarked
package io.github.subquad.bench.compare;

import org.jspecify.annotations.NullMarked;
