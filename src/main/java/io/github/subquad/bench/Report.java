package io.github.subquad.bench;

import io.github.subquad.bench.machine.Environment;
import io.github.subquad.bench.machine.Roof;

import java.nio.file.Path;
import java.util.List;

/**
 * A benchmark, whole or as far as it has come, as result files hold it.
 *
 * @param format always {@value #FORMAT}
 * @param version of the format; {@code bench/schema} has its schema
 * @param run what was asked for
 * @param environment the machine
 * @param energy where the energy of calls was read, or why it was not
 * @param roofs what the devices were measured to do at most
 * @param rows what was measured, in the order in which it was asked for
 * @param skipped what was not, and why
 */
public record Report(
        String format,
        int version,
        Run run,
        Environment environment,
        String energy,
        List<Roof> roofs,
        List<Row> rows,
        List<Skipped> skipped) {
    /** Names the format of a file. */
    public static final String FORMAT = "subquad-bench";

    /** The version that is written and read. */
    public static final int VERSION = 2;

    static final String SCHEMA = "subquad-bench-2.schema.json";

    /** Keeps the lists as they are now. */
    public Report {
        roofs = List.copyOf(roofs);
        rows = List.copyOf(rows);
        skipped = List.copyOf(skipped);
    }

    /**
     * A report of this version.
     *
     * @param run as above
     * @param environment as above
     * @param energy as above
     * @param roofs as above
     * @param rows as above
     * @param skipped as above
     */
    public Report(
            Run run,
            Environment environment,
            String energy,
            List<Roof> roofs,
            List<Row> rows,
            List<Skipped> skipped) {
        this(FORMAT, VERSION, run, environment, energy, roofs, rows, skipped);
    }

    /**
     * Reads a result file, which may come from anywhere.
     *
     * @param file as {@link JsonExporter} makes it
     * @return what it holds
     * @throws ResultFileException if it cannot be read, or does not keep to the schema
     */
    public static Report read(Path file) throws ResultFileException {
        return Json.read(file, SCHEMA, Report.class);
    }

    /**
     * Whether every result of ours was right and no engine of ours failed. A peer that is wrong has
     * no speed, but that is no failure of ours.
     *
     * @return false if a verdict failed or a row could not be measured that should have been
     */
    public boolean ok() {
        return rows.stream().allMatch(row -> row.verdict().ok() || row.setting().peer())
                && skipped.stream().noneMatch(s -> s.failed() && !s.setting().peer());
    }
}
