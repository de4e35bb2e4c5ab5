package io.github.subquad.cli;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file on its way into an archive.
 *
 * @param file where it is
 * @param name where it goes, with slashes, below the archive's one folder
 */
record PackedFile(Path file, String name) {
    /** A file that goes into the folder named and keeps its name. */
    static PackedFile in(String folder, Path file) {
        return new PackedFile(file, folder + "/" + file.getFileName());
    }

    /** All files below a folder; a link as the file that it leads to. */
    static List<PackedFile> below(Path folder, String name) throws IOException {
        try (var paths = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return paths.filter(Files::isRegularFile)
                    .sorted()
                    .map(file -> new PackedFile(file, name + "/" + slashed(folder, file)))
                    .toList();
        }
    }

    private static String slashed(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }
}
