package io.github.subquad.bench.compare;

import io.github.subquad.bench.Format;
import io.github.subquad.bench.Json;
import io.github.subquad.bench.table.Latex;
import io.github.subquad.bench.table.Markdown;
import io.github.subquad.bench.table.PlainText;
import io.github.subquad.bench.table.Table;

import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Writes a comparison in any format. */
public final class ComparisonExporter {
    private ComparisonExporter() {}

    /**
     * The whole comparison; in CSV the rows that have a partner.
     *
     * @param comparison of files
     * @param format to write
     * @return a document that ends with a line break
     */
    public static String export(Comparison comparison, Format format) {
        return switch (format) {
            case TABLE ->
                    document(
                            comparison,
                            note -> PlainText.escaped(note) + "\n",
                            table -> "\n" + PlainText.of(table) + "\n");
            case MD ->
                    document(
                            comparison,
                            note -> Markdown.escaped(note) + "\n\n",
                            table -> Markdown.of(table) + "\n");
            case LATEX ->
                    Latex.comment("needs \\usepackage{booktabs}")
                            + document(comparison, Latex::comment, Latex::of);
            case CSV -> ComparisonCsv.of(comparison);
            case JSON -> Json.write(comparison);
        };
    }

    private static String document(
            Comparison comparison, UnaryOperator<String> note, Function<Table, String> table) {
        var text = new StringBuilder(note.apply(ComparisonNotes.head(comparison)));
        for (ComparedFile file : comparison.others()) {
            text.append(note.apply(ComparisonNotes.head(file)));
            if (!file.rows().isEmpty()) {
                text.append(table.apply(ComparisonTable.of(file)));
            }
            for (String line : ComparisonNotes.of(file, comparison)) {
                text.append(note.apply(line));
            }
        }
        for (String line : ComparisonNotes.conventions(comparison)) {
            text.append(note.apply(line));
        }
        return text.toString();
    }
}
