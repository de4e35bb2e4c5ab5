package io.github.subquad.bench.compare;

import io.github.subquad.bench.Protocol;
import io.github.subquad.bench.Report;
import io.github.subquad.bench.Row;
import io.github.subquad.bench.Word;
import io.github.subquad.bench.machine.Environment;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What, beside the settings, was not the same in two benchmarks: a line each. */
final class Differences {
    private final List<String> lines = new ArrayList<>();

    private Differences() {}

    static List<String> of(Report base, Report other) {
        var differences = new Differences();
        differences.environment(base.environment(), other.environment());
        differences.devices(base.rows(), other.rows());
        differences.protocol(base.run().protocol(), other.run().protocol());
        differences.add("seed", base.run().seed(), other.run().seed());
        return List.copyOf(differences.lines);
    }

    /** What is built of uncommitted sources, no commit tells. */
    private void environment(Environment base, Environment other) {
        lines.addAll(base.differences(other));
        if (Boolean.TRUE.equals(base.dirty()) && Boolean.TRUE.equals(other.dirty())) {
            lines.add("uncommitted changes: in both");
        }
    }

    /** One address may be another device in another machine. */
    private void devices(List<Row> base, List<Row> other) {
        var names = new TreeMap<String, String>();
        base.stream().map(Row::device).forEach(d -> names.put(d.address(), d.name()));
        other.stream()
                .map(Row::device)
                .distinct()
                .filter(device -> names.containsKey(device.address()))
                .forEach(d -> add(d.address(), names.getOrDefault(d.address(), ""), d.name()));
    }

    private void protocol(Protocol base, Protocol other) {
        add("warm-up", base.warmUp(), other.warmUp());
        add("time", base.time(), other.time());
        add("repetitions", base.repetitions(), other.repetitions());
        add("cache", Word.of(base.cache()), Word.of(other.cache()));
    }

    private void add(String name, Object base, Object other) {
        if (!base.equals(other)) {
            lines.add("%s: %s, there %s".formatted(name, base, other));
        }
    }
}
