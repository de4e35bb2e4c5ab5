package io.github.subquad.bench.table;

import java.util.List;

/**
 * Rows of cells under titles.
 *
 * @param columns from left to right
 * @param rows from top to bottom, each with a cell for every column
 */
public record Table(List<Column> columns, List<List<String>> rows) {
    /** Words begin at the left, numbers end at the right. */
    public enum Side {
        /** For words. */
        LEFT,
        /** For numbers. */
        RIGHT
    }

    /**
     * What stands above the cells of a column, and where they are aligned.
     *
     * @param title its heading
     * @param side of its cells
     */
    public record Column(String title, Side side) {}

    /** Keeps the lists as they are now, and checks that no cell is missing. */
    public Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(
                        "rows: expected %d cells, got %d".formatted(columns.size(), row.size()));
            }
        }
    }

    /** The headings. */
    List<String> titles() {
        return columns.stream().map(Column::title).toList();
    }
}
