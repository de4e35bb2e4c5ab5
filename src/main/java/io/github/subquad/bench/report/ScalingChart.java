package io.github.subquad.bench.report;

import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.bench.Pass;

import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;

/**
 * How time and memory grow with the number of tokens, on logarithmic axes: a chart for each family
 * of calls that differ in that number alone, with as many queries as keys and at least three sizes.
 */
final class ScalingChart {
    private static final int LEAST_SIZES = 3;
    private static final double MIB = 1 << 20;
    private static final String THIN = " (thin lines: growth of the process)";
    private static final String GROWTH = ", growth of the process";

    private ScalingChart() {}

    /** Times, with the n² line through the fastest of the longest calls. */
    static List<XYChart> ofTime(List<ChartRow> all) {
        Engines engines = Engines.of(all);
        List<XYChart> charts = new ArrayList<>();
        families(all)
                .forEach(
                        (name, rows) -> {
                            XYChart chart = chart(name, "time of a call (ms)");
                            addQuadratic(chart, rows, fastestOfLongest(rows) / 1e6, "n²");
                            addLines(chart, rows, engines, "", row -> row.time().median() / 1e6);
                            charts.add(chart);
                        });
        return charts;
    }

    /**
     * Memory held, or planned where nothing else is known, with that of all scores in float32; thin
     * lines: by how much the process grew.
     */
    static List<XYChart> ofMemory(List<ChartRow> all) {
        Engines engines = Engines.of(all);
        List<ChartRow> known = all.stream().filter(row -> bytes(row) > 0).toList();
        List<XYChart> charts = new ArrayList<>();
        families(known)
                .forEach(
                        (name, rows) -> {
                            XYChart chart =
                                    chart(name + THIN, "memory beyond inputs and output (MiB)");
                            ChartRow longest = rows.stream().max(BY_TOKENS).orElseThrow();
                            addQuadratic(chart, rows, scores(longest) / MIB, "all scores, n²");
                            addLines(chart, rows, engines, "", row -> bytes(row) / MIB);
                            addLines(chart, rows, engines, GROWTH, row -> grown(row) / MIB);
                            charts.add(chart);
                        });
        return charts;
    }

    private static final Comparator<ChartRow> BY_TOKENS =
            Comparator.comparingLong(ScalingChart::tokens);

    private static SequencedMap<String, List<ChartRow>> families(List<ChartRow> all) {
        List<ChartRow> square =
                all.stream()
                        .filter(row -> row.isTimed() && !row.isCell())
                        .filter(row -> shape(row).queryTokens() == shape(row).keyTokens())
                        .sorted(BY_TOKENS)
                        .toList();
        var families = Engines.group(square, ScalingChart::family);
        families.values()
                .removeIf(
                        rows ->
                                rows.stream().map(ScalingChart::tokens).distinct().count()
                                        < LEAST_SIZES);
        return families;
    }

    private static String family(ChartRow row) {
        AttentionShape s = shape(row);
        return "%d %s%s, %d channels%s%s%s, %s"
                .formatted(
                        s.queryHeads(),
                        s.queryHeads() == 1 ? "head" : "heads",
                        s.groupSize() == 1 ? "" : " over " + s.keyHeads(),
                        s.channels(),
                        s.valueChannels() == s.channels() ? "" : " and " + s.valueChannels(),
                        row.row().workload().causal() == Causal.NONE ? "" : ", causal",
                        row.row().workload().pass() == Pass.FORWARD
                                ? ""
                                : ", " + row.row().workload().pass().label(),
                        row.row().workload().dataType().name().toLowerCase(Locale.ROOT));
    }

    private static XYChart chart(String title, String unit) {
        XYChart chart = ChartStyle.xy(title, "tokens (queries = keys)", unit);
        chart.getStyler().setYAxisLogarithmic(true);
        // Ticks at powers of two, which XChart's logarithmic axis does not have.
        chart.getStyler().setxAxisTickLabelsFormattingFunction(ScalingChart::power);
        return chart;
    }

    private static String power(Double exponent) {
        if (exponent != Math.rint(exponent)) {
            return " ";
        }
        double tokens = Math.pow(2, exponent);
        return tokens < 1024 ? "%.0f".formatted(tokens) : "%.0fk".formatted(tokens / 1024);
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    private static void addQuadratic(XYChart chart, List<ChartRow> rows, double end, String name) {
        double least = rows.stream().mapToLong(ScalingChart::tokens).min().orElseThrow();
        double most = rows.stream().mapToLong(ScalingChart::tokens).max().orElseThrow();
        double ratio = least / most;
        double[] x = {log2(least), log2(most)};
        double[] y = {end * ratio * ratio, end};
        ChartStyle.dashes(ChartStyle.add(chart, name, x, y), ChartStyle.QUIET);
    }

    /** A line for each device; growth is thin, without marks. */
    private static void addLines(
            XYChart chart,
            List<ChartRow> rows,
            Engines engines,
            String suffix,
            ToDoubleFunction<ChartRow> value) {
        List<ChartRow> known = rows.stream().filter(row -> value.applyAsDouble(row) > 0).toList();
        Engines.group(known, ChartRow::engine)
                .forEach(
                        (name, own) -> {
                            double[] x = own.stream().mapToDouble(r -> log2(tokens(r))).toArray();
                            double[] y = own.stream().mapToDouble(value).toArray();
                            XYSeries series = ChartStyle.add(chart, name + suffix, x, y);
                            ChartStyle.line(series, engines.place(name));
                            if (suffix.equals(GROWTH)) {
                                ChartStyle.thin(series);
                            }
                        });
    }

    private static AttentionShape shape(ChartRow row) {
        return row.row().workload().shape();
    }

    private static long tokens(ChartRow row) {
        return shape(row).keyTokens();
    }

    private static double fastestOfLongest(List<ChartRow> rows) {
        long most = rows.stream().mapToLong(ScalingChart::tokens).max().orElseThrow();
        return rows.stream()
                .filter(row -> tokens(row) == most)
                .mapToDouble(row -> row.time().median())
                .min()
                .orElseThrow();
    }

    /** What the engine held, or else what it planned; 0 if it tells neither. */
    private static double bytes(ChartRow row) {
        Long held = row.row().memory().heldBytes();
        Long known = held == null ? row.row().memory().plannedBytes() : held;
        return known == null ? 0 : known;
    }

    private static double grown(ChartRow row) {
        Long grown = row.row().memory().residentGrowthBytes();
        return grown == null ? 0 : grown;
    }

    /** Of the matrix of all scores. */
    private static double scores(ChartRow row) {
        AttentionShape s = shape(row);
        return (double) Float.BYTES * s.queryHeads() * s.queryTokens() * s.keyTokens();
    }
}
