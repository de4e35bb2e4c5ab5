package io.github.subquad.bench.compare;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The geometric mean of some ratios.
 *
 * @param backend of the rows; null: of all
 * @param rows how many have a ratio
 * @param ratio above 1 where they are faster than the base by and large
 */
public record GeometricMean(@Nullable String backend, int rows, double ratio) {
    /** Of all rows, and of each backend where there are several. */
    static List<GeometricMean> of(List<ComparedRow> rows) {
        List<Double> all = new ArrayList<>();
        Map<String, List<Double>> byBackend = new LinkedHashMap<>();
        for (ComparedRow row : rows) {
            TimeRatio ratio = row.ratio();
            if (ratio != null) {
                all.add(ratio.estimate());
                byBackend
                        .computeIfAbsent(row.setting().backend(), _ -> new ArrayList<>())
                        .add(ratio.estimate());
            }
        }
        List<GeometricMean> means = new ArrayList<>();
        if (!all.isEmpty()) {
            means.add(of(null, all));
        }
        if (byBackend.size() > 1) {
            byBackend.forEach((backend, ratios) -> means.add(of(backend, ratios)));
        }
        return List.copyOf(means);
    }

    private static GeometricMean of(@Nullable String backend, List<Double> ratios) {
        double logarithm = ratios.stream().mapToDouble(Math::log).average().orElseThrow();
        return new GeometricMean(backend, ratios.size(), Math.exp(logarithm));
    }
}
