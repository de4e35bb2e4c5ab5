package io.github.subquad.bench;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Aligned columns for a terminal, as wide as needed before a row is there: rows come one by one.
 */
public final class TableExporter implements LineExporter {
    private final List<Column> columns;

    /**
     * Leaves room for the names of the workloads.
     *
     * @param workloads that will be shown
     */
    public TableExporter(List<Workload> workloads) {
        columns = Column.forWorkloads(workloads);
    }

    @Override
    public String head(Environment environment) {
        String titles = aligned(Column::title);
        String rule = "─".repeat(titles.length() - 1);
        return Prose.machine(environment) + "\n\n" + titles + rule + "\n";
    }

    @Override
    public String line(Row row) {
        return aligned(column -> column.text().apply(row));
    }

    @Override
    public String foot(Report report) {
        return "\n" + String.join("\n", Prose.notes(report)) + "\n";
    }

    private String aligned(Function<Column, String> cell) {
        return columns.stream()
                        .map(column -> column.align(cell.apply(column)))
                        .collect(Collectors.joining("  "))
                        .stripTrailing()
                + "\n";
    }
}
