package io.github.subquad.bench;

import java.util.stream.Collectors;

/** An exporter whose rows are lines, so that each can be shown as soon as it is measured. */
public sealed interface LineExporter extends Exporter
        permits TableExporter, MarkdownExporter, CsvExporter {
    /**
     * What comes before the rows.
     *
     * @param environment the machine
     * @return some lines, each with its line break
     */
    String head(Environment environment);

    /**
     * One row.
     *
     * @param row of the report
     * @return a line with its line break
     */
    String line(Row row);

    /**
     * What comes after the rows.
     *
     * @param report all of them
     * @return some lines, each with its line break; empty if there is nothing to say
     */
    String foot(Report report);

    @Override
    default String export(Report report) {
        return head(report.environment())
                + report.rows().stream().map(this::line).collect(Collectors.joining())
                + foot(report);
    }
}
