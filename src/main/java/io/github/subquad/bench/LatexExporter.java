package io.github.subquad.bench;

import io.github.subquad.bench.table.Latex;

/** A {@code tabular} for a paper, with the rules of the package {@code booktabs}. */
public final class LatexExporter implements Exporter {
    /** Nothing to set. */
    public LatexExporter() {}

    @Override
    public String export(Report report) {
        var text = new StringBuilder(Latex.comment("needs \\usepackage{booktabs}"));
        text.append(Latex.comment(Prose.machine(report.environment())));
        Prose.notes(report).forEach(note -> text.append(Latex.comment(note)));
        return text.append(Latex.of(Column.table(Columns.of(report), report.rows()))).toString();
    }
}
