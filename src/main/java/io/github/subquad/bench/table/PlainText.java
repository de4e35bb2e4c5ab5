package io.github.subquad.bench.table;

import java.util.List;

/** Aligned columns under a rule, for a terminal. */
public final class PlainText {
    private static final String GAP = "  ";

    private PlainText() {}

    /**
     * A table.
     *
     * @param table its cells may hold anything
     * @return titles, a rule and a line for each row, without blanks at the ends of lines
     */
    public static String of(Table table) {
        List<Table.Column> columns = table.columns();
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = width(columns.get(i).title());
            for (List<String> row : table.rows()) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        String titles = line(table.titles(), columns, widths);
        var text = new StringBuilder(titles.stripTrailing()).append("\n");
        text.append("─".repeat(titles.codePointCount(0, titles.length()))).append("\n");
        for (List<String> row : table.rows()) {
            text.append(line(row, columns, widths).stripTrailing()).append("\n");
        }
        return text.toString();
    }

    private static String line(List<String> cells, List<Table.Column> columns, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - width(cells.get(i)));
            String cell = escaped(cells.get(i));
            line.append(i == 0 ? "" : GAP);
            line.append(columns.get(i).side() == Table.Side.LEFT ? cell + padding : padding + cell);
        }
        return line.toString();
    }

    /** Characters, each as wide as any other: our own texts have none of double width. */
    private static int width(String cell) {
        String shown = escaped(cell);
        return shown.codePointCount(0, shown.length());
    }

    /**
     * Text as text.
     *
     * @param text from anywhere
     * @return one line without control characters
     */
    public static String escaped(String text) {
        return Printable.line(text);
    }
}
