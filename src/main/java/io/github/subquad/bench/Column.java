package io.github.subquad.bench;

import java.util.List;
import java.util.function.Function;

/**
 * What a person is shown of a row, in a table of any format.
 *
 * @param title its heading
 * @param side where its cells are aligned
 * @param text the cell of a row, {@link Quantity#NONE} where there is nothing to say
 */
record Column(String title, Side side, Function<Row, String> text) {
    /** Words begin at the left, numbers end at the right. */
    enum Side {
        LEFT,
        RIGHT
    }

    /** A column of words. */
    static Column left(String title, Function<Row, String> text) {
        return new Column(title, Side.LEFT, text);
    }

    /** A column of numbers. */
    static Column right(String title, Function<Row, String> text) {
        return new Column(title, Side.RIGHT, text);
    }

    /** The cells of all rows. */
    List<String> cells(List<Row> rows) {
        return rows.stream().map(text).toList();
    }
}
