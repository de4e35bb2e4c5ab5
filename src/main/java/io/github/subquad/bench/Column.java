package io.github.subquad.bench;

import io.github.subquad.bench.table.Table;

import java.util.List;
import java.util.function.Function;

/**
 * What a person is shown of a row, in a table of any format.
 *
 * @param title its heading
 * @param side where its cells are aligned
 * @param text the cell of a row, {@link Quantity#NONE} where there is nothing to say
 */
record Column(String title, Table.Side side, Function<Row, String> text) {
    /** A column of words. */
    static Column left(String title, Function<Row, String> text) {
        return new Column(title, Table.Side.LEFT, text);
    }

    /** A column of numbers. */
    static Column right(String title, Function<Row, String> text) {
        return new Column(title, Table.Side.RIGHT, text);
    }

    /** The cells of all rows. */
    List<String> cells(List<Row> rows) {
        return rows.stream().map(text).toList();
    }

    /** The table of some rows. */
    static Table table(List<Column> columns, List<Row> rows) {
        return new Table(
                columns.stream().map(c -> new Table.Column(c.title(), c.side())).toList(),
                rows.stream()
                        .map(row -> columns.stream().map(c -> c.text().apply(row)).toList())
                        .toList());
    }
}
