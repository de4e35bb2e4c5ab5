package io.github.subquad.bench.compare;

import io.github.subquad.bench.Report;
import io.github.subquad.bench.ResultFileException;

import java.nio.file.Path;

/**
 * A report and where it came from.
 *
 * @param name of the file, as it was given
 * @param report that it holds
 */
public record ResultFile(String name, Report report) {
    /**
     * Reads a file, which may come from anywhere.
     *
     * @param file as {@code subquad bench --output} writes it
     * @return what it holds
     * @throws ResultFileException if it cannot be read or is something else
     */
    public static ResultFile read(Path file) throws ResultFileException {
        return new ResultFile(file.toString(), Report.read(file));
    }
}
