package io.github.subquad.bench;

/** Writes a report in one format. */
public sealed interface Exporter
        permits TableExporter, MarkdownExporter, CsvExporter, LatexExporter, JsonExporter {
    /**
     * The whole report.
     *
     * @param report whole, or as far as a benchmark has come
     * @return a document that ends with a line break
     */
    String export(Report report);
}
