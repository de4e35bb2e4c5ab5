package io.github.subquad.bench;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A table of GitHub's Markdown. */
public final class MarkdownExporter implements Exporter {
    /** Nothing to set. */
    public MarkdownExporter() {}

    @Override
    public String export(Report report) {
        List<Column> columns = Columns.of(report);
        var text = new StringBuilder(escaped(Prose.machine(report.environment()))).append("\n\n");
        if (!report.rows().isEmpty()) {
            text.append(line(columns, Column::title));
            text.append(line(columns, c -> c.side() == Column.Side.LEFT ? ":--" : "--:"));
            for (Row row : report.rows()) {
                text.append(line(columns, column -> escaped(column.text().apply(row))));
            }
        }
        Prose.notes(report).forEach(note -> text.append("\n").append(escaped(note)).append("\n"));
        return text.toString();
    }

    private static String line(List<Column> columns, Function<Column, String> cell) {
        return columns.stream().map(cell).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** Text as text: no cell ends early, no markup, no element of HTML. */
    static String escaped(String text) {
        return text.replaceAll("[\\\\`*_\\[\\]<>|#~]", "\\\\$0").replaceAll("\\R", " ");
    }
}
