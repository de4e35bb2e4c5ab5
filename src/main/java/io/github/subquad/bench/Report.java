package io.github.subquad.bench;

import java.util.List;

/**
 * A benchmark, whole or as far as it has come.
 *
 * @param environment the machine
 * @param rows in the order of measurement
 */
public record Report(Environment environment, List<Row> rows) {
    /** Keeps the rows as they are now. */
    public Report {
        rows = List.copyOf(rows);
    }

    /**
     * Whether every result was right.
     *
     * @return false if a verdict failed
     */
    public boolean ok() {
        return rows.stream().allMatch(row -> row.verdict().ok());
    }
}
