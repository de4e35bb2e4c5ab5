package io.github.subquad.bench;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A {@code tabular} for a paper, with the rules of the package {@code booktabs}. */
public final class LatexExporter implements Exporter {
    /** Nothing to set. */
    public LatexExporter() {}

    @Override
    public String export(Report report) {
        List<Column> columns = Columns.of(report);
        var text = new StringBuilder("% needs \\usepackage{booktabs}\n");
        text.append("% ").append(comment(Prose.machine(report.environment()))).append("\n");
        Prose.notes(report).forEach(note -> text.append("% ").append(comment(note)).append("\n"));
        String sides =
                columns.stream()
                        .map(c -> c.side() == Column.Side.LEFT ? "l" : "r")
                        .collect(Collectors.joining());
        text.append("\\begin{tabular}{").append(sides).append("}\n\\toprule\n");
        text.append(line(columns, Column::title)).append("\\midrule\n");
        report.rows().forEach(row -> text.append(line(columns, c -> c.text().apply(row))));
        return text.append("\\bottomrule\n\\end{tabular}\n").toString();
    }

    private static String line(List<Column> columns, Function<Column, String> cell) {
        return columns.stream()
                .map(cell)
                .map(LatexExporter::escaped)
                .collect(Collectors.joining(" & ", "", " \\\\\n"));
    }

    /** Text as text: no command, no group, no mathematics. */
    static String escaped(String text) {
        var escaped = new StringBuilder();
        text.replaceAll("\\R", " ").codePoints().forEach(c -> escaped.append(escaped(c)));
        return escaped.toString();
    }

    private static String escaped(int character) {
        return switch (character) {
            case '\\' -> "\\textbackslash{}";
            case '~' -> "\\textasciitilde{}";
            case '^' -> "\\textasciicircum{}";
            case '&', '%', '$', '#', '_', '{', '}' -> "\\" + (char) character;
            case '×' -> "$\\times$";
            case '±' -> "$\\pm$";
            case 'µ' -> "\\textmu{}";
            case '–' -> "--";
            default -> Character.toString(character);
        };
    }

    /** A comment ends at the end of its line. */
    private static String comment(String text) {
        return text.replaceAll("\\R", " ");
    }
}
