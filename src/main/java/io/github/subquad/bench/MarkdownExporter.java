package io.github.subquad.bench;

import io.github.subquad.bench.table.Markdown;

/** A table of GitHub's Markdown. */
public final class MarkdownExporter implements Exporter {
    /** Nothing to set. */
    public MarkdownExporter() {}

    @Override
    public String export(Report report) {
        var text = new StringBuilder(Markdown.escaped(Prose.machine(report.environment())));
        text.append("\n");
        if (!report.rows().isEmpty()) {
            text.append("\n").append(Markdown.of(Column.table(Columns.of(report), report.rows())));
        }
        for (String note : Prose.notes(report)) {
            text.append("\n").append(Markdown.escaped(note)).append("\n");
        }
        return text.toString();
    }
}
