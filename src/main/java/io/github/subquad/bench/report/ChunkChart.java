package io.github.subquad.bench.report;

import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** GFLOP/s by query and key chunk, a heat map for each workload and device. */
final class ChunkChart {
    /** Part of viridis on which black numbers can be read. */
    private static final Color[] COLORS = {
        new Color(0x3fa7b0), new Color(0x4ac16d), new Color(0xa0da39), new Color(0xfde725)
    };

    private ChunkChart() {}

    /** A chart for each workload and device with given chunk sizes. */
    static List<HeatMapChart> of(List<ChartRow> all) {
        List<ChartRow> cells = all.stream().filter(row -> row.isCell() && row.isTimed()).toList();
        List<HeatMapChart> charts = new ArrayList<>();
        Engines.group(cells, row -> row.workload() + ", " + row.engine())
                .forEach((name, rows) -> charts.add(chart(name, rows)));
        return charts;
    }

    private static HeatMapChart chart(String name, List<ChartRow> rows) {
        HeatMapChart chart =
                new HeatMapChartBuilder()
                        .width(ChartStyle.WIDTH)
                        .height(ChartStyle.HEIGHT)
                        .title("GFLOP/s: " + name)
                        .xAxisTitle("keys of a chunk")
                        .yAxisTitle("queries of a chunk")
                        .build();
        ChartStyle.apply(chart.getStyler());
        chart.getStyler().setPlotGridLinesVisible(false).setPlotContentSize(1);
        chart.getStyler()
                .setRangeColors(COLORS)
                .setShowValue(true)
                .setValueFont(ChartStyle.font(Font.PLAIN, 15))
                .setHeatMapValueDecimalPattern("#,##0")
                .setDrawBorder(true);
        var speeds = rows.stream().mapToDouble(ChartRow::gflops).summaryStatistics();
        chart.getStyler().setMin(Math.floor(speeds.getMin())).setMax(Math.ceil(speeds.getMax()));
        List<Integer> x = sizes(rows, row -> row.row().setting().kvChunkSize());
        List<Integer> y = sizes(rows, row -> row.row().setting().queryChunkSize());
        List<Number[]> cells = new ArrayList<>();
        for (ChartRow row : rows) {
            var setting = row.row().setting();
            cells.add(
                    new Number[] {
                        x.indexOf(setting.kvChunkSize()),
                        y.indexOf(setting.queryChunkSize()),
                        row.gflops()
                    });
        }
        chart.addSeries("GFLOP/s", x, y, cells);
        return chart;
    }

    private static List<Integer> sizes(List<ChartRow> rows, Function<ChartRow, Integer> size) {
        return rows.stream().map(size).distinct().sorted().toList();
    }
}
