package io.github.subquad.bench.table;

import java.util.List;
import java.util.stream.Collectors;

/** A {@code tabular} for a paper, with the rules of the package {@code booktabs}. */
public final class Latex {
    private Latex() {}

    /**
     * A table.
     *
     * @param table its cells may hold anything
     * @return the environment {@code tabular}
     */
    public static String of(Table table) {
        String sides =
                table.columns().stream()
                        .map(c -> c.side() == Table.Side.LEFT ? "l" : "r")
                        .collect(Collectors.joining());
        var text = new StringBuilder("\\begin{tabular}{").append(sides).append("}\n\\toprule\n");
        text.append(line(table.titles())).append("\\midrule\n");
        table.rows().forEach(row -> text.append(line(row)));
        return text.append("\\bottomrule\n\\end{tabular}\n").toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(Latex::escaped).collect(Collectors.joining(" & ", "", " \\\\\n"));
    }

    /**
     * A comment, which ends at the end of its line.
     *
     * @param text from anywhere
     * @return one line with its line break
     */
    public static String comment(String text) {
        return "% " + Printable.line(text) + "\n";
    }

    /**
     * Text as text: no command, no group, no mathematics, and no argument of the line end or rule
     * before it.
     *
     * @param text from anywhere
     * @return one line
     */
    public static String escaped(String text) {
        return Printable.line(text)
                .codePoints()
                .mapToObj(Latex::escaped)
                .collect(Collectors.joining());
    }

    private static String escaped(int character) {
        return switch (character) {
            case '\\' -> "\\textbackslash{}";
            case '~' -> "\\textasciitilde{}";
            case '^' -> "\\textasciicircum{}";
            case '<' -> "\\textless{}";
            case '>' -> "\\textgreater{}";
            case '|' -> "\\textbar{}";
            case '&', '%', '$', '#', '_', '{', '}' -> "\\" + (char) character;
            case '[', ']', '*' -> "{" + (char) character + "}";
            case '×' -> "$\\times$";
            case '±' -> "$\\pm$";
            case '→' -> "$\\rightarrow$";
            case '·' -> "$\\cdot$";
            case 'µ' -> "\\textmu{}";
            case '–' -> "--";
            default -> Character.toString(character);
        };
    }
}
