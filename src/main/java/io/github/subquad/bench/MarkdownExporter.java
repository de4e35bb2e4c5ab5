package io.github.subquad.bench;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A table of GitHub's Markdown. */
public final class MarkdownExporter implements LineExporter {
    private static final List<Column> COLUMNS = Column.forWorkloads(List.of());

    /** Nothing to set. */
    public MarkdownExporter() {}

    @Override
    public String head(Environment environment) {
        return escaped(Prose.machine(environment))
                + "\n\n"
                + cells(Column::title)
                + cells(column -> column.side() == Column.Side.LEFT ? ":--" : "--:");
    }

    @Override
    public String line(Row row) {
        return cells(column -> escaped(column.text().apply(row)));
    }

    @Override
    public String foot(Report report) {
        return Prose.notes(report).stream()
                .map(note -> "\n" + escaped(note) + "\n")
                .collect(Collectors.joining());
    }

    private static String cells(Function<Column, String> cell) {
        return COLUMNS.stream().map(cell).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** Text as text: no cell ends early, no markup, no element of HTML. */
    static String escaped(String text) {
        return text.replaceAll("[\\\\`*_\\[\\]<>|#]", "\\\\$0").replaceAll("\\R", " ");
    }
}
