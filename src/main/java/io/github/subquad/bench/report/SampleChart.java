package io.github.subquad.bench.report;

import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;

import java.util.ArrayList;
import java.util.List;

/**
 * Every timed call over its row's median, a strip for each row; within a strip, repetitions run
 * from left to right in the order of measurement, so that drift leans and outliers stand apart.
 */
final class SampleChart {
    private static final int MOST_ROWS = 12;
    private static final double STRIP = 0.7;

    private SampleChart() {}

    /** As many charts as it takes. */
    static List<XYChart> of(List<ChartRow> all) {
        Engines engines = Engines.of(all);
        List<ChartRow> rows = all.stream().filter(ChartRow::isTimed).toList();
        List<XYChart> charts = new ArrayList<>();
        for (int i = 0; i < rows.size(); i += MOST_ROWS) {
            charts.add(chart(rows.subList(i, Math.min(i + MOST_ROWS, rows.size())), engines));
        }
        return charts;
    }

    private static XYChart chart(List<ChartRow> rows, Engines engines) {
        XYChart chart = ChartStyle.xy("Every call", "row", "time of a call over the row's median");
        chart.getStyler().setMarkerSize(4).setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler()
                .setXAxisMin(0.5)
                .setXAxisMax(rows.size() + 0.5)
                .setXAxisTickMarkSpacingHint(ChartStyle.WIDTH / 2 / (rows.size() + 1))
                .setXAxisDecimalPattern("#");
        for (int i = 0; i < rows.size(); i++) {
            ChartRow row = rows.get(i);
            String name = ChartRow.label("%d  %s, %s".formatted(i + 1, row.call(), row.engine()));
            ChartStyle.marks(addCalls(chart, name, row, i + 1), engines.place(row.engine()));
        }
        return chart;
    }

    private static XYSeries addCalls(XYChart chart, String name, ChartRow row, int place) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        List<List<Long>> turns = row.row().turnsNanos();
        for (int turn = 0; turn < turns.size(); turn++) {
            double along = STRIP * ((turn + 0.5) / turns.size() - 0.5);
            for (long nanos : turns.get(turn)) {
                x.add(place + along);
                y.add(nanos / row.time().median());
            }
        }
        return chart.addSeries(name, x, y);
    }
}
