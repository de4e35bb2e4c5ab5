/**
 * Tables of text in the formats that people read: {@linkplain
 * io.github.subquad.bench.table.PlainText plain}, {@linkplain
 * io.github.subquad.bench.table.Markdown Markdown}, {@linkplain io.github.subquad.bench.table.Latex
 * LaTeX}, and {@linkplain io.github.subquad.bench.table.Csv CSV}. Cells may come out of files from
 * anywhere: in every format they stay text, and nothing in them reaches a terminal as a command.
 */
@NullMarked
package io.github.subquad.bench.table;

import org.jspecify.annotations.NullMarked;
