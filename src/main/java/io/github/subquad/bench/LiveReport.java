package io.github.subquad.bench;

import io.github.subquad.AttentionOptions;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A report that grows: rows are shown as they come, and the file is written anew after each. */
public final class LiveReport implements Benchmark.Listener {
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final Environment environment;
    private final PrintWriter out;
    private final Exporter shown;
    private final @Nullable ReportFile file;
    private final @Nullable PrintWriter terminal;
    private final List<Row> rows = new ArrayList<>();

    /**
     * Shows what comes before the rows.
     *
     * @param environment the machine
     * @param out where the report is shown
     * @param shown format in which it is shown
     * @param file also written, or null
     * @param terminal where a line says what is being measured, null for no such line
     */
    public LiveReport(
            Environment environment,
            PrintWriter out,
            Exporter shown,
            @Nullable ReportFile file,
            @Nullable PrintWriter terminal) {
        this.environment = environment;
        this.out = out;
        this.shown = shown;
        this.file = file;
        this.terminal = terminal;
        if (shown instanceof LineExporter lines) {
            show(lines.head(environment));
        }
    }

    @Override
    public void started(Workload workload, AttentionOptions options) {
        tell("measuring %s, %d threads …".formatted(workload.name(), options.threadCount()));
    }

    @Override
    public void measured(Row row) throws IOException {
        rows.add(row);
        if (shown instanceof LineExporter lines) {
            tell("");
            show(lines.line(row));
        }
        if (file != null) {
            file.write(report());
        }
    }

    /** Shows what comes after the rows, or all of a format that has no lines. */
    public void end() {
        tell("");
        show(shown instanceof LineExporter lines ? lines.foot(report()) : shown.export(report()));
    }

    /**
     * The report as far as it has come.
     *
     * @return all rows so far
     */
    public Report report() {
        return new Report(environment, rows);
    }

    private void show(String text) {
        out.print(text);
        out.flush();
    }

    private void tell(String status) {
        if (terminal != null) {
            terminal.print(CLEAR_LINE + status);
            terminal.flush();
        }
    }
}
