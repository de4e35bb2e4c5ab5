package io.github.subquad.bench;

import static java.util.stream.Collectors.joining;

import io.github.subquad.Device;
import io.github.subquad.MemoryBudget;
import io.github.subquad.bench.machine.Environment;
import io.github.subquad.bench.machine.Roof;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sentences around a table. */
final class Prose {
    private static final List<String> CONVENTIONS =
            List.of(
                    "verdict: relative error against float64; a wrong result has no speed.",
                    "time: median of the repetitions; ±: half its 95% confidence interval; kernels,"
                        + " compile: on a device, by its own clock, of a steady and of the first"
                        + " call.",
                    "GFLOP/s: 2·heads·visible pairs·(channels + value channels) a call;"
                            + " GB/s: keys and values once a call.",
                    "planned, held: memory beyond inputs and output, by the plan and by the"
                            + " engine.");

    private static final String GRADIENTS =
            Pass.FORWARD_BACKWARD.label()
                    + ": output, then gradients of query, key and value, all of them judged; 3.5"
                    + " times the operations of forward, by the usual convention of two products"
                    + " of matrices forward and five backward, and the memory of the pass that"
                    + " takes most.";

    private static final String RATIOS =
            "×: how many times as fast as that peer with as many threads, by the ratios within"
                + " repetitions, with their median's 95% confidence interval; grew: the process in"
                + " the row's first call.";

    private static final String ROOF =
            "of roof: share of what the device can do at most, which is the lesser of its"
                    + " multiply-adds and of operations a byte times its reading:";

    private static final String UNSTEADY =
            "not steady when the warm-up ended (a longer --warm-up or a quieter machine mends"
                    + " that)";

    private static final String FEW =
            "few repetitions in the time, no confidence interval (a longer --time mends that)";

    private static final String OUTLIERS =
            "repetitions far off, by a modified z-score above 3.5, from other work on the machine"
                    + " or a clock that moves (a quieter machine or more --repetitions mend that)";

    private static final int LEAST_SAMPLES = 6;

    private Prose() {}

    /** The machine in a line. */
    static String machine(Environment environment) {
        List<String> facts = new ArrayList<>();
        facts.add(environment.processor());
        facts.add(environment.threads() + " processors");
        if (environment.memoryBytes() > 0) {
            facts.add(MemoryBudget.format(environment.memoryBytes()));
        }
        facts.add(environment.operatingSystem());
        facts.add(environment.javaMachine());
        return String.join(" · ", facts);
    }

    /** Conventions, devices, and what is to be known about single rows. */
    static List<String> notes(Report report) {
        List<String> notes = new ArrayList<>();
        report.rows().stream().map(Row::device).distinct().map(Prose::device).forEach(notes::add);
        notes.addAll(CONVENTIONS);
        if (goesBackward(report)) {
            notes.add(GRADIENTS);
        }
        if (report.rows().stream().anyMatch(row -> row.setting().peer())) {
            notes.add(RATIOS);
        }
        if (!report.roofs().isEmpty()) {
            notes.add(ROOF + report.roofs().stream().map(Prose::roof).collect(joining(",")) + ".");
        }
        notes.add("energy: " + report.energy() + ".");
        notes.addAll(remarks(report));
        return notes;
    }

    /** Whether some row has a backward pass. */
    static boolean goesBackward(Report report) {
        return report.rows().stream().anyMatch(row -> row.workload().pass() != Pass.FORWARD);
    }

    /** What is to be known about single rows, each kind in one line. */
    private static List<String> remarks(Report report) {
        var remarks = new Remarks();
        for (Row row : report.rows()) {
            String name = row.measured().toString();
            Start start = row.start();
            double[] samples = row.samples();
            if (!row.verdict().ok()) {
                remarks.add(row.verdict().toString(), name);
            }
            if (start != null && !start.steady()) {
                remarks.add(UNSTEADY, name);
            }
            if (samples.length > 0 && samples.length < LEAST_SAMPLES) {
                remarks.add(FEW, "%s (%d)".formatted(name, samples.length));
            } else if (samples.length > 0 && Outliers.count(samples) > 0) {
                remarks.add(
                        OUTLIERS,
                        "%s (%d of %d)".formatted(name, Outliers.count(samples), samples.length));
            }
        }
        for (Skipped skipped : report.skipped()) {
            remarks.add(
                    "not measured, " + skipped.reason(),
                    new Case(skipped.workload(), skipped.setting()).toString());
        }
        return remarks.lines();
    }

    /** Which rows a remark is about. */
    private static final class Remarks {
        private final Map<String, List<String>> rows = new LinkedHashMap<>();

        void add(String remark, String row) {
            rows.computeIfAbsent(remark, _ -> new ArrayList<>()).add(row);
        }

        List<String> lines() {
            return rows.entrySet().stream()
                    .map(e -> e.getKey() + ": " + String.join("; ", e.getValue()))
                    .toList();
        }
    }

    private static String roof(Roof roof) {
        return " %s with %d threads %s GFLOP/s and %s GB/s"
                .formatted(
                        roof.device(),
                        roof.threads(),
                        Quantity.rate(roof.fmaGflops().best()),
                        Quantity.rate(roof.readGigabytesPerSecond().best()));
    }

    private static String device(Device device) {
        return device.address()
                + ": "
                + device.name()
                + (device.note().isEmpty() ? "" : " (" + device.note() + ")");
    }
}
