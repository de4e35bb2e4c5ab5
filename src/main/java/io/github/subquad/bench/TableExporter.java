package io.github.subquad.bench;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns for a terminal. */
public final class TableExporter implements Exporter {
    /** Nothing to set. */
    public TableExporter() {}

    @Override
    public String export(Report report) {
        List<Row> rows = report.rows();
        List<StringBuilder> lines = new ArrayList<>();
        for (int i = 0; i < rows.size() + 1; i++) {
            lines.add(new StringBuilder());
        }
        for (Column column : Columns.of(report)) {
            List<String> cells = new ArrayList<>(column.cells(rows));
            cells.addFirst(column.title());
            append(cells, column.side(), lines);
        }
        String rule = "─".repeat(lines.getFirst().length());
        var text = new StringBuilder(Prose.machine(report.environment())).append("\n\n");
        if (!rows.isEmpty()) {
            text.append(lines.removeFirst().toString().stripTrailing()).append("\n");
            text.append(rule).append("\n");
            lines.forEach(line -> text.append(line.toString().stripTrailing()).append("\n"));
            text.append("\n");
        }
        return text + String.join("\n", Prose.notes(report)) + "\n";
    }

    private static void append(List<String> cells, Column.Side side, List<StringBuilder> lines) {
        int width = cells.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < cells.size(); i++) {
            StringBuilder line = lines.get(i);
            String padding = " ".repeat(width - cells.get(i).length());
            line.append(line.isEmpty() ? "" : "  ");
            line.append(side == Column.Side.LEFT ? cells.get(i) + padding : padding + cells.get(i));
        }
    }
}
