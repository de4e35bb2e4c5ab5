package io.github.subquad.bench.table;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** GitHub's Markdown. */
public final class Markdown {
    private static final Pattern MARKUP = Pattern.compile("[\\\\`*_\\[\\]<>|#~&$]");

    /** What makes a list or a rule of a paragraph. */
    private static final Pattern BULLET = Pattern.compile("^(\\d*)([-+.)])(?=\\s|-|$)");

    private Markdown() {}

    /**
     * A table.
     *
     * @param table its cells may hold anything
     * @return titles, sides and a line for each row
     */
    public static String of(Table table) {
        var text = new StringBuilder(line(table.titles()));
        text.append(
                table.columns().stream()
                        .map(c -> c.side() == Table.Side.LEFT ? ":--" : "--:")
                        .collect(Collectors.joining(" | ", "| ", " |\n")));
        table.rows().forEach(row -> text.append(line(row)));
        return text.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream()
                .map(Markdown::escaped)
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /**
     * Text as text: no cell ends early, no markup, no formula, no element or entity of HTML.
     *
     * @param text from anywhere
     * @return one line
     */
    public static String escaped(String text) {
        String line = Printable.line(text.strip());
        return BULLET.matcher(MARKUP.matcher(line).replaceAll("\\\\$0")).replaceFirst("$1\\\\$2");
    }
}
