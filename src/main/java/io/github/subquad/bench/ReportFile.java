package io.github.subquad.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
        Path directory = path.toAbsolutePath().getParent();
        if (Files.isDirectory(path) || directory == null) {
            throw new IOException(path + ": expected a file to write, got a directory");
        }
        if (!Files.isWritable(directory)) {
            throw new IOException("%s: cannot write in directory %s".formatted(path, directory));
        }
    }

    /**
     * Replaces the file.
     *
     * @param report all rows so far
     * @throws IOException if the directory or the file cannot be written
     */
    public void write(Report report) throws IOException {
        Path place = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        Path beside =
                place.resolveSibling(
                        ".%s.%d.tmp".formatted(place.getFileName(), ProcessHandle.current().pid()));
        try {
            Files.writeString(beside, exporter.export(report));
            Files.move(
                    beside,
                    place,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
