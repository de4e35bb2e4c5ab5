package io.github.subquad.bench.report;

import io.github.subquad.bench.machine.Roof;

import org.knowm.xchart.XYChart;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Speed over intensity, both logarithmic, below what memory and arithmetic of each device allow.
 * Intensity is operations over the bytes of query, key, value and output, each moved once.
 */
final class RooflineChart {
    private RooflineChart() {}

    /** One chart of the rows that have a roof, or none. */
    static List<XYChart> of(List<ChartRow> all, List<Roof> roofs) {
        Engines engines = Engines.of(all);
        List<ChartRow> rows =
                all.stream()
                        .filter(row -> row.isTimed() && !row.isCell())
                        .filter(row -> roofs.stream().anyMatch(row.row()::isUnder))
                        .toList();
        if (rows.isEmpty()) {
            return List.of();
        }
        XYChart chart =
                ChartStyle.xy(
                        "Roofline", "FLOP per byte of query, key, value and output", "GFLOP/s");
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        var speeds = rows.stream().mapToDouble(ChartRow::gflops).summaryStatistics();
        double peak = roofs.stream().mapToDouble(r -> r.fmaGflops().best()).max().orElseThrow();
        chart.getStyler()
                .setYAxisMin(decade(Math.floor(Math.log10(speeds.getMin()))))
                .setYAxisMax(decade(Math.ceil(Math.log10(Math.max(peak, speeds.getMax())))));
        var reach = rows.stream().mapToDouble(RooflineChart::intensity).summaryStatistics();
        for (Roof roof : covering(roofs, rows)) {
            addRoof(chart, roof, reach, rows, engines);
        }
        Engines.group(rows, ChartRow::engine)
                .forEach(
                        (name, own) -> {
                            double[] x =
                                    own.stream().mapToDouble(RooflineChart::intensity).toArray();
                            double[] y = own.stream().mapToDouble(ChartRow::gflops).toArray();
                            ChartStyle.marks(
                                    ChartStyle.add(chart, name, x, y), engines.place(name));
                        });
        return List.of(chart);
    }

    private static List<Roof> covering(List<Roof> roofs, List<ChartRow> rows) {
        return roofs.stream()
                .filter(r -> rows.stream().anyMatch(row -> row.row().isUnder(r)))
                .toList();
    }

    /** Up the slope to the ridge, then level. */
    private static void addRoof(
            XYChart chart,
            Roof roof,
            DoubleSummaryStatistics reach,
            List<ChartRow> rows,
            Engines engines) {
        double[] x =
                DoubleStream.of(
                                Math.min(reach.getMin(), roof.ridge()) / 2,
                                roof.ridge(),
                                Math.max(reach.getMax(), roof.ridge()) * 2)
                        .toArray();
        double[] y = DoubleStream.of(x).map(roof::attainableGflops).toArray();
        String name =
                "%s, %d threads: %.0f GFLOP/s, %.0f GB/s"
                        .formatted(
                                ChartRow.label(roof.device()),
                                roof.threads(),
                                roof.fmaGflops().best(),
                                roof.readGigabytesPerSecond().best());
        String engine =
                rows.stream()
                        .filter(row -> row.row().isUnder(roof))
                        .findFirst()
                        .orElseThrow()
                        .engine();
        ChartStyle.dashes(
                ChartStyle.add(chart, name, x, y), ChartStyle.color(engines.place(engine)));
    }

    private static double decade(double exponent) {
        return Math.pow(10, exponent);
    }

    private static double intensity(ChartRow row) {
        return row.row().workload().intensity();
    }
}
