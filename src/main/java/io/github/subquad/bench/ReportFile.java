package io.github.subquad.bench;

import io.github.subquad.io.AtomicFile;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A report on disk: after each row the whole file is written beside the old one and moved into its
 * place, so that a broken run leaves all rows it had measured.
 *
 * @param path where the report goes
 * @param exporter its format
 */
public record ReportFile(Path path, Exporter exporter) {
    /**
     * Looks whether the file can be written, before much work is done for it.
     *
     * @throws IOException if it cannot
     */
    public void check() throws IOException {
        AtomicFile.check(path);
    }

    /**
     * Replaces the file.
     *
     * @param report all rows so far
     * @throws IOException if the directory or the file cannot be written
     */
    public void write(Report report) throws IOException {
        byte[] text = exporter.export(report).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(path, channel -> Channels.newOutputStream(channel).write(text));
    }
}
