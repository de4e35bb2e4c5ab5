package io.github.subquad.bench.compare;

import java.util.List;

/**
 * A file, held against the base.
 *
 * @param file name, as it was given
 * @param started when its benchmark was, in UTC by ISO 8601
 * @param differences of machine, program and protocol, a line each
 * @param rows in the order of the base
 * @param means of their ratios: of all, then of each backend where there are several
 * @param unpaired rows without a partner
 */
public record ComparedFile(
        String file,
        String started,
        List<String> differences,
        List<ComparedRow> rows,
        List<GeometricMean> means,
        List<Unpaired> unpaired) {
    /** Keeps the lists as they are now. */
    public ComparedFile {
        differences = List.copyOf(differences);
        rows = List.copyOf(rows);
        means = List.copyOf(means);
        unpaired = List.copyOf(unpaired);
    }
}
