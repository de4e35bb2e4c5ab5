package io.github.subquad.bench;

import java.util.Locale;

/** The formats of a report. */
public enum Format {
    /** For a terminal. */
    TABLE,
    /** GitHub's Markdown. */
    MD,
    /** RFC 4180, for spreadsheets and data frames. */
    CSV,
    /** A {@code tabular} for a paper. */
    LATEX,
    /** Everything that is known, raw samples too. */
    JSON;

    /**
     * The exporter of the format.
     *
     * @return an exporter
     */
    public Exporter exporter() {
        return switch (this) {
            case TABLE -> new TableExporter();
            case MD -> new MarkdownExporter();
            case CSV -> new CsvExporter();
            case LATEX -> new LatexExporter();
            case JSON -> new JsonExporter();
        };
    }

    /**
     * The format that a file's name asks for.
     *
     * @param fileName name with or without directories
     * @return the format of its ending, {@code tex} for LaTeX; TABLE if it has none of them
     */
    public static Format ofFile(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        for (Format format : values()) {
            if (name.endsWith("." + (format == LATEX ? "tex" : Word.of(format)))) {
                return format;
            }
        }
        return TABLE;
    }
}
