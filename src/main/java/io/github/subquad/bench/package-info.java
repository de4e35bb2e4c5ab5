/**
 * Benchmarks: {@linkplain io.github.subquad.bench.Workload workloads}, their {@linkplain
 * io.github.subquad.bench.Measurement measurement}, a {@linkplain
 * io.github.subquad.reference.Verdict verdict} on the very output that was timed, and {@linkplain
 * io.github.subquad.bench.Exporter exporters}. Method and conventions: {@code
 * docs/benchmarking.md}.
 */
@NullMarked
package io.github.subquad.bench;

import org.jspecify.annotations.NullMarked;
