/**
 * Result files as pictures: a {@linkplain io.github.subquad.bench.report.HtmlReport page} that
 * opens anywhere and asks nobody, and {@linkplain io.github.subquad.bench.report.Charts charts} for
 * a paper. {@code docs/report.md} tells how to read them.
 */
@NullMarked
package io.github.subquad.bench.report;

import org.jspecify.annotations.NullMarked;
