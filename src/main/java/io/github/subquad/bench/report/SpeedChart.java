package io.github.subquad.bench.report;

import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;

import java.util.ArrayList;
import java.util.List;

/**
 * GFLOP/s by workload, a bar for each device. An error bar is as long as the 95% confidence
 * interval of the median; XChart centres it on the bar's end.
 */
final class SpeedChart {
    private static final int MOST_WORKLOADS = 12;
    private static final double GROUP = 0.85;
    private static final double ROOM = 1.1;

    private SpeedChart() {}

    /** As many charts as it takes. */
    static List<CategoryChart> of(List<ChartRow> all) {
        Engines engines = Engines.of(all);
        List<ChartRow> rows = all.stream().filter(row -> row.isTimed() && !row.isCell()).toList();
        List<String> workloads = rows.stream().map(ChartRow::workload).distinct().toList();
        List<CategoryChart> charts = new ArrayList<>();
        for (int i = 0; i < workloads.size(); i += MOST_WORKLOADS) {
            int end = Math.min(i + MOST_WORKLOADS, workloads.size());
            charts.add(chart(rows, workloads.subList(i, end), engines));
        }
        return charts;
    }

    private static CategoryChart chart(
            List<ChartRow> rows, List<String> workloads, Engines engines) {
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(ChartStyle.WIDTH)
                        .height(ChartStyle.HEIGHT)
                        .title("Speed by device")
                        .yAxisTitle("GFLOP/s")
                        .build();
        ChartStyle.apply(chart.getStyler());
        chart.getStyler().setXAxisLabelRotation(workloads.size() > 3 ? 35 : 0);
        chart.getStyler().setAvailableSpaceFill(GROUP).setPlotGridVerticalLinesVisible(false);
        List<ChartRow> shown =
                rows.stream().filter(row -> workloads.contains(row.workload())).toList();
        double most = shown.stream().mapToDouble(ChartRow::gflops).max().orElseThrow();
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(ROOM * most).setPlotContentSize(1);
        Engines.group(shown, ChartRow::engine)
                .forEach((name, own) -> add(chart, name, own, workloads, engines.place(name)));
        return chart;
    }

    private static void add(
            CategoryChart chart, String name, List<ChartRow> rows, List<String> workloads, int at) {
        List<Double> heights = new ArrayList<>(); // NaN leaves a gap; XChart fails on null
        List<Double> errors = new ArrayList<>();
        for (String workload : workloads) {
            ChartRow row =
                    rows.stream()
                            .filter(candidate -> candidate.workload().equals(workload))
                            .findFirst()
                            .orElse(null);
            heights.add(row == null ? Double.NaN : row.gflops());
            errors.add(row == null ? 0.0 : error(row));
        }
        chart.addSeries(name, workloads, heights, errors).setFillColor(ChartStyle.color(at));
    }

    /** Half of the interval's length; 0 where there is none. */
    private static Double error(ChartRow row) {
        Double low = row.time().medianLow();
        Double high = row.time().medianHigh();
        double flops = row.row().workload().flops();
        return low == null || high == null ? 0.0 : (flops / low - flops / high) / 2;
    }
}
