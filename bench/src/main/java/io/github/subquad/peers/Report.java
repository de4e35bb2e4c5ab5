package io.github.subquad.peers;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Two forms of the same rows: a Markdown table on standard output, for people, and a JSON file with
 * every sample. The file is written after each row, so that a run that is cut short leaves what it
 * had measured.
 */
final class Report {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String command;
    private final Path file;
    private final String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    private final Environment environment = Environment.here();
    private final List<String> notes;
    private final List<Object> rows = new ArrayList<>();

    /** What the JSON file holds. */
    private record Contents(
            String command,
            String started,
            Environment environment,
            List<String> notes,
            List<Object> rows) {}

    /**
     * Prints where and how, and the head of the table.
     *
     * @param command that makes this table
     * @param file for the JSON form
     * @param notes lines above the table
     * @param columns heads of the table
     */
    Report(String command, Path file, List<String> notes, List<String> columns) {
        this.command = command;
        this.file = file;
        this.notes = List.copyOf(notes);
        System.out.println("`" + command + "`, " + started + "  \n" + environment + "\n");
        notes.forEach(System.out::println);
        System.out.println();
        printLine(columns);
        printLine(Collections.nCopies(columns.size(), "---"));
    }

    /**
     * Adds a row to both forms.
     *
     * @param row a record, for the file
     * @param cells for the table
     */
    void add(Object row, List<String> cells) {
        printLine(cells);
        rows.add(row);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            String json =
                    JSON.writerWithDefaultPrettyPrinter()
                            .writeValueAsString(
                                    new Contents(command, started, environment, notes, rows));
            Files.writeString(file, json + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void printLine(List<String> cells) {
        System.out.println("| " + String.join(" | ", cells) + " |");
    }
}
