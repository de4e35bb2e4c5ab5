package io.github.subquad.bench;

import io.github.subquad.bench.table.PlainText;

import java.util.stream.Collectors;

/** Aligned columns for a terminal. */
public final class TableExporter implements Exporter {
    /** Nothing to set. */
    public TableExporter() {}

    @Override
    public String export(Report report) {
        String machine = PlainText.escaped(Prose.machine(report.environment())) + "\n\n";
        String notes =
                Prose.notes(report).stream()
                        .map(note -> PlainText.escaped(note) + "\n")
                        .collect(Collectors.joining());
        return report.rows().isEmpty()
                ? machine + notes
                : machine
                        + PlainText.of(Column.table(Columns.of(report), report.rows()))
                        + "\n"
                        + notes;
    }
}
