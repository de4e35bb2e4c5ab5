package io.github.subquad.bench;

import io.github.subquad.Device;
import io.github.subquad.MemoryBudget;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The sentences around a table. */
final class Prose {
    private static final List<String> CONVENTIONS =
            List.of(
                    "time: median of the timed calls; spread: half their interquartile range.",
                    "kernels, compile: on a device, the kernels of a steady call by the device's"
                            + " clock, and compiling them in the first call.",
                    "GFLOP/s: 4·heads·queries·keys·channels a call, causal calls by visible pairs;"
                            + " GB/s: keys and values once a call.",
                    "planned, held: memory beyond inputs and output; verdict: relative error"
                            + " against float64.");

    private static final String UNSTEADY =
            "not steady yet when the warm-up was over; a longer --warm-up or a quieter machine"
                    + " mends that";

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
        report.rows().stream().flatMap(row -> note(row).stream()).forEach(notes::add);
        return notes;
    }

    private static Optional<String> note(Row row) {
        String place = row.workload().name() + " on " + row.device().address();
        Measurement measurement = row.measurement();
        if (measurement == null) {
            return Optional.of(place + ": " + row.verdict());
        }
        return measurement.steady() ? Optional.empty() : Optional.of(place + ": " + UNSTEADY);
    }

    private static String device(Device device) {
        return device.address()
                + ": "
                + device.name()
                + (device.note().isEmpty() ? "" : " (" + device.note() + ")");
    }
}
