package io.github.subquad.cli;

import io.github.subquad.bench.Benchmark;
import io.github.subquad.bench.Case;
import io.github.subquad.bench.Format;
import io.github.subquad.bench.Report;
import io.github.subquad.bench.table.Printable;
import io.github.subquad.io.AtomicFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Keeps a benchmark's file up to date and tells a person at a terminal what is going on. The file
 * is written anew after the first turn, later at most every two seconds, and at the end: writing
 * takes time that turns should have.
 */
final class BenchProgress implements Benchmark.Listener {
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final long PAUSE_NANOS = 2_000_000_000L;

    private final @Nullable Path file;
    private final @Nullable PrintWriter terminal;
    private long nextWrite = System.nanoTime();

    /**
     * Nothing yet.
     *
     * @param file that the report goes to, or null
     * @param err where progress is shown, if that is a terminal
     */
    BenchProgress(@Nullable Path file, PrintWriter err) {
        this(file, StandardError.isTerminal(), err);
    }

    BenchProgress(@Nullable Path file, boolean terminal, PrintWriter err) {
        this.file = file;
        this.terminal = terminal ? err : null;
    }

    @Override
    public void turn(Case turning, int repetition, int repetitions) {
        tell("repetition %d of %d: %s …".formatted(repetition, repetitions, turning));
    }

    @Override
    public void measured(Supplier<Report> report) throws IOException {
        if (System.nanoTime() - nextWrite >= 0) {
            write(report.get());
            nextWrite = System.nanoTime() + PAUSE_NANOS;
        }
    }

    /** Writes what there is and clears the line. */
    void end(Report report) throws IOException {
        tell("");
        write(report);
    }

    private void write(Report report) throws IOException {
        if (file != null) {
            AtomicFile.write(file, Format.ofFile(file.toString()).exporter().export(report));
        }
    }

    private void tell(String status) {
        if (terminal != null) {
            terminal.print(CLEAR_LINE + Printable.line(status));
            terminal.flush();
        }
    }
}
