package io.github.subquad.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The devices that charts compare, each at its place among all, which gives its colour.
 *
 * @param names in the order in which they first come
 */
record Engines(List<String> names) {
    static Engines of(List<ChartRow> rows) {
        return new Engines(rows.stream().map(ChartRow::engine).distinct().toList());
    }

    int place(String name) {
        return names.indexOf(name);
    }

    /** Rows by something, in the order in which it first comes. */
    static SequencedMap<String, List<ChartRow>> group(
            List<ChartRow> rows, Function<ChartRow, String> key) {
        return rows.stream()
                .collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }
}
