package io.github.subquad.bench.compare;

import io.github.subquad.bench.Protocol;
import io.github.subquad.bench.Report;
import io.github.subquad.bench.Row;
import io.github.subquad.bench.Word;
import io.github.subquad.bench.machine.Differences;
import io.github.subquad.bench.machine.Environment;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What, beside the settings, was not the same in two benchmarks: a line each. */
final class RunDifferences {
    private RunDifferences() {}

    static List<String> of(Report base, Report other) {
        List<String> lines = new ArrayList<>(environment(base.environment(), other.environment()));
        var differences = new Differences();
        addDevices(base.rows(), other.rows(), differences);
        addProtocol(base.run().protocol(), other.run().protocol(), differences);
        differences.add("seed", base.run().seed(), other.run().seed());
        lines.addAll(differences.lines());
        return List.copyOf(lines);
    }

    /** What is built of uncommitted sources, no commit tells. */
    private static List<String> environment(Environment base, Environment other) {
        List<String> lines = new ArrayList<>(base.differences(other));
        if (Boolean.TRUE.equals(base.dirty()) && Boolean.TRUE.equals(other.dirty())) {
            lines.add("uncommitted changes: in both");
        }
        return lines;
    }

    /** One address may be another device in another machine. */
    private static void addDevices(List<Row> base, List<Row> other, Differences to) {
        var names = new TreeMap<String, String>();
        base.stream().map(Row::device).forEach(d -> names.put(d.address(), d.name()));
        other.stream()
                .map(Row::device)
                .distinct()
                .filter(device -> names.containsKey(device.address()))
                .forEach(d -> to.add(d.address(), names.get(d.address()), d.name()));
    }

    private static void addProtocol(Protocol base, Protocol other, Differences to) {
        to.add("warm-up", base.warmUp(), other.warmUp())
                .add("time", base.time(), other.time())
                .add("repetitions", base.repetitions(), other.repetitions())
                .add("cache", Word.of(base.cache()), Word.of(other.cache()));
    }
}
