package io.github.subquad.peers;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Options that all tables share. */
final class RunOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--threads",
            split = ",",
            defaultValue = "1,2",
            description = "Numbers of threads; default: ${DEFAULT-VALUE}.")
    private List<Integer> threads = List.of();

    @Option(
            names = "--rounds",
            defaultValue = "11",
            description = "Turns of each contestant; default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--backend",
            defaultValue = "auto",
            description = "Backend of SubQuad; default: ${DEFAULT-VALUE}.")
    private String backend = "auto";

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "JSON file; default: results/TIME-TABLE.json.")
    private @Nullable Path output;

    List<Integer> threads() {
        return threads;
    }

    int rounds() {
        return rounds;
    }

    String backend() {
        return backend;
    }

    /** Starts the report of the table that was asked for. */
    Report report(List<String> notes, List<String> columns) {
        CommandSpec table = Objects.requireNonNull(spec);
        List<String> given = table.root().commandLine().getParseResult().originalArgs();
        String command = "bench/run " + String.join(" ", given);
        List<String> head = new ArrayList<>(notes);
        head.add(SubQuadPeer.describe(backend) + ".");
        return new Report(command, file(table.name()), head, columns);
    }

    private Path file(String table) {
        if (output != null) {
            return output;
        }
        var time = LocalDateTime.now(ZoneOffset.UTC);
        return Path.of(
                "results",
                time.format(DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmm'Z'"))
                        + "-"
                        + table
                        + ".json");
    }
}
