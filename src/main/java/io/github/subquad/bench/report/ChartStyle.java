package io.github.subquad.bench.report;

import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;

/** How charts look in a paper: white, few lines, one colour and mark for each device. */
final class ChartStyle {
    static final int WIDTH = 900;
    static final int HEIGHT = 560;

    private static final int LEGEND_LETTERS = 100;
    private static final int MARK_LETTERS = 6;
    private static final int MOST_BELOW = 5;

    static final Color QUIET = new Color(0x59616b);
    private static final Color GRID = new Color(0xdfe3e8);

    /** Okabe and Ito's, told apart by colour-blind eyes; the same as on the page. */
    private static final List<Color> COLORS =
            List.of(
                    new Color(0x0072b2),
                    new Color(0xe69f00),
                    new Color(0x009e73),
                    new Color(0xd55e00),
                    new Color(0x56b4e9),
                    new Color(0xcc79a7),
                    new Color(0x4d4d4d));

    private static final List<Marker> MARKERS =
            List.of(
                    SeriesMarkers.CIRCLE,
                    SeriesMarkers.SQUARE,
                    SeriesMarkers.TRIANGLE_UP,
                    SeriesMarkers.DIAMOND,
                    SeriesMarkers.TRIANGLE_DOWN,
                    SeriesMarkers.CROSS,
                    SeriesMarkers.RECTANGLE);

    private ChartStyle() {}

    /** Of the device at a place among all. */
    static Color color(int at) {
        return COLORS.get(at % COLORS.size());
    }

    /** Other combinations come after the colours have all been used. */
    private static Marker marker(int at) {
        return MARKERS.get((at + at / COLORS.size()) % MARKERS.size());
    }

    /** A chart of points, without any. */
    static XYChart xy(String title, String x, String y) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle(x)
                        .yAxisTitle(y)
                        .build();
        apply(chart.getStyler());
        chart.getStyler().setMarkerSize(9);

        return chart;
    }

    /** Adds a series; names come from anywhere, and XChart wants each but once. */
    static XYSeries add(XYChart chart, String name, double[] x, double[] y) {
        String free = name;
        for (int i = 2; chart.getSeriesMap().containsKey(free); i++) {
            free = "%s (%d)".formatted(name, i);
        }
        return chart.addSeries(free, x, y);
    }

    static void apply(AxesChartStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE)
                .setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setChartTitleFont(font(Font.BOLD, 17))
                .setChartTitleBoxVisible(false)
                .setChartPadding(16)
                .setLegendFont(font(Font.PLAIN, 14))
                .setLegendBorderColor(Color.WHITE)
                .setLegendPosition(LegendPosition.OutsideS);
        styler.setDecimalPattern("#,##0.###");
        styler.setAxisTitleFont(font(Font.PLAIN, 15))
                .setAxisTickLabelsFont(font(Font.PLAIN, 14))
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1))
                .setAxisTickMarksColor(QUIET)
                .setErrorBarsColor(Color.BLACK);
    }

    /** Names below one another where they would not fit side by side; many beside the chart. */
    static void layOutLegend(Chart<?, ?> chart) {
        if (chart.getSeriesMap().size() > MOST_BELOW) {
            chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
            chart.getStyler().setLegendFont(font(Font.PLAIN, 11)).setLegendPadding(4);
        }
        int letters = chart.getSeriesMap().keySet().stream().mapToInt(String::length).sum();
        boolean wide = letters + MARK_LETTERS * chart.getSeriesMap().size() > LEGEND_LETTERS;
        chart.getStyler().setLegendLayout(wide ? LegendLayout.Vertical : LegendLayout.Horizontal);
    }

    static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    /** A line with marks, of the device at a place among all. */
    static void line(XYSeries series, int at) {
        series.setMarker(marker(at)).setMarkerColor(color(at));
        series.setLineColor(color(at)).setLineStyle(SeriesLines.SOLID).setLineWidth(2);
    }

    /** Marks without a line. */
    static void marks(XYSeries series, int at) {
        line(series, at);
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    }

    /** A line without marks, beside one with them that has the legend to itself. */
    static void thin(XYSeries series) {
        series.setMarker(SeriesMarkers.NONE);
        series.setLineWidth(1).setShowInLegend(false);
    }

    /** A line that is there for comparison. */
    static void dashes(XYSeries series, Color color) {
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(color).setLineStyle(SeriesLines.DASH_DASH).setLineWidth(1.5f);
    }
}
