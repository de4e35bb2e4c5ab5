/**
 * The machine that a benchmark runs on: what it is ({@link
 * io.github.subquad.bench.machine.Environment}), what it can do at most ({@link
 * io.github.subquad.bench.machine.Roof}), and what energy it takes ({@link
 * io.github.subquad.bench.machine.EnergyMeter}). The records are made to be written to JSON as they
 * are.
 */
@NullMarked
package io.github.subquad.bench.machine;

import org.jspecify.annotations.NullMarked;
