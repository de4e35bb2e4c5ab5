package io.github.subquad.bench.compare;

import io.github.subquad.bench.Row;
import io.github.subquad.bench.Setting;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Which rows of two reports belong together: those that measure the same workload with the same
 * setting. Of the rest, the same workload with a setting that differs in the place alone, then at
 * the same place with a setting that differs otherwise, then with any setting; each time where both
 * reports have exactly one such row left, so that no partner is a guess.
 *
 * @param pairs in the order of the base
 * @param baseAlone rows of the base without a partner
 * @param otherAlone rows of the other report without a partner
 */
record Pairing(List<Pair> pairs, List<Row> baseAlone, List<Row> otherAlone) {
    /**
     * Rows of one workload.
     *
     * @param base of the first report
     * @param other of the second
     */
    record Pair(Row base, Row other) {}

    /** A row of a report, by its number: a report may hold equal ones. */
    private record Place(int index, Row row) {}

    /** In what partners agree beside the workload, where they do not agree in all. */
    private static final List<Function<Setting, Object>> LOOSER =
            List.of(
                    setting -> setting.on("", null),
                    setting -> List.of(setting.peer(), setting.address()),
                    _ -> "");

    /** Finds the partners in two lists of rows. */
    static Pairing of(List<Row> base, List<Row> other) {
        var baseLeft = new TreeMap<Integer, Row>();
        var otherLeft = new TreeMap<Integer, Row>();
        base.forEach(row -> baseLeft.put(baseLeft.size(), row));
        other.forEach(row -> otherLeft.put(otherLeft.size(), row));
        var pairs = new TreeMap<Integer, Pair>();
        pair(baseLeft, otherLeft, setting -> setting, true, pairs);
        LOOSER.forEach(kept -> pair(baseLeft, otherLeft, kept, false, pairs));
        return new Pairing(
                List.copyOf(pairs.values()),
                List.copyOf(baseLeft.values()),
                List.copyOf(otherLeft.values()));
    }

    /** Equal cases within a report can only be told apart by their order. */
    private static void pair(
            Map<Integer, Row> baseLeft,
            Map<Integer, Row> otherLeft,
            Function<Setting, Object> kept,
            boolean exact,
            Map<Integer, Pair> pairs) {
        Map<Object, List<Place>> mine = byWhatIsKept(baseLeft, kept);
        Map<Object, List<Place>> theirs = byWhatIsKept(otherLeft, kept);
        mine.forEach(
                (key, rows) -> {
                    List<Place> others = theirs.getOrDefault(key, List.of());
                    boolean sure = exact || rows.size() == 1 && others.size() == 1;
                    for (int i = 0; sure && i < Math.min(rows.size(), others.size()); i++) {
                        Place base = rows.get(i);
                        Place other = others.get(i);
                        pairs.put(base.index(), new Pair(base.row(), other.row()));
                        baseLeft.remove(base.index());
                        otherLeft.remove(other.index());
                    }
                });
    }

    private static Map<Object, List<Place>> byWhatIsKept(
            Map<Integer, Row> rows, Function<Setting, Object> kept) {
        Map<Object, List<Place>> places = new LinkedHashMap<>();
        rows.forEach(
                (index, row) ->
                        places.computeIfAbsent(
                                        List.of(row.workload(), kept.apply(row.setting())),
                                        _ -> new ArrayList<>())
                                .add(new Place(index, row)));
        return places;
    }
}
