package io.github.subquad.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A result file and what it is called.
 *
 * @param name its file name, with a number where several files are called the same
 * @param report what it holds
 */
public record ResultFile(String name, Report report) {
    /**
     * Reads result files.
     *
     * @param files at least one
     * @return what they hold, each under a name of its own
     * @throws ResultFileException if one cannot be read, or does not keep to the schema
     */
    public static List<ResultFile> readAll(List<Path> files) throws ResultFileException {
        List<ResultFile> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Path file : files) {
            Report report = Report.read(file);
            String name = String.valueOf(file.getFileName());
            String free = name;
            for (int i = 2; !names.add(free); i++) {
                free = "%s (%d)".formatted(name, i);
            }
            all.add(new ResultFile(free, report));
        }
        return all;
    }
}
