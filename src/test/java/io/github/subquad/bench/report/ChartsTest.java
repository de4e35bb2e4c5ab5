package io.github.subquad.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.util.Objects.requireNonNull;

import io.github.subquad.bench.machine.Roof;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.w3c.dom.Document;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;

class ChartsTest {
    @TempDir private Path folder;

    @Test
    void everyKindOfChartIsAnSvgAndAPng() throws Exception {
        Path charts = folder.resolve("new/charts");
        var written = Charts.write(charts, SampleReports.read(folder, SampleReports.rich()));
        assertThat(written)
                .extracting(file -> file.getFileName().toString())
                .contains("gflops.svg", "gflops.png", "gflops-2.svg", "chunks.png")
                .contains("scaling-time.svg", "scaling-memory.svg", "samples.svg");
        for (Path file : written) {
            if (file.toString().endsWith(".png")) {
                assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(ChartStyle.WIDTH);
            } else {
                assertThat(parse(file).getDocumentElement().getTagName()).isEqualTo("svg");
            }
        }
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        Path other = Files.writeString(folder.resolve("notes.svg"), "mine");
        Files.writeString(folder.resolve("samples.svg"), "an earlier one");
        var files = SampleReports.read(folder, SampleReports.named("name"));
        assertThat(Charts.write(folder, files)).contains(folder.resolve("samples.svg"));
        assertThat(other).hasContent("mine");
        assertThat(Files.readString(folder.resolve("samples.svg"))).contains("<svg");
    }

    @Test
    void hostileNamesAreDrawnAsText() throws Exception {
        String name = "</text><script>\u0000\u202E & \"" + "x".repeat(150);
        var files = SampleReports.read(folder, SampleReports.named(name));
        for (Path file : Charts.write(folder, files)) {
            if (file.toString().endsWith(".svg")) {
                assertThat(parse(file).getElementsByTagName("script").getLength()).isZero();
            }
        }
    }

    @Test
    void aRoofRisesToItsRidgeAndIsLevelFromThereOn() throws IOException {
        var peak = new Roof.Figure(200, 224, List.of(224.0));
        var reading = new Roof.Figure(80, 90, List.of(90.0));
        Roof roof = new Roof("cpu:0", 2, 10, peak, reading, reading, peak);
        var rows = ChartRow.of(SampleReports.read(folder, SampleReports.rich()));
        XYChart chart = RooflineChart.of(rows, List.of(roof, roof)).getFirst();
        double[] x = chart.getSeriesMap().values().iterator().next().getXData();
        double[] y = chart.getSeriesMap().values().iterator().next().getYData();
        assertThat(x[1]).isEqualTo(224.0 / 90);
        assertThat(y).containsExactly(90 * x[0], 224, 224);
        assertThat(chart.getSeriesMap()).as("two equal roofs, our rows and the peer's").hasSize(4);
    }

    @Test
    void aWorkloadThatADeviceLacksLeavesAGap() throws IOException {
        var files = SampleReports.read(folder, SampleReports.named("other"), SampleReports.many(1));
        CategoryChart chart = SpeedChart.of(ChartRow.of(files)).getFirst();
        List<Number> heights = new ArrayList<>();
        chart.getSeriesMap().values().forEach(series -> heights.addAll(series.getYData()));
        assertThat(heights).contains(Double.NaN).anyMatch(height -> height.doubleValue() > 0);
    }

    @Test
    void theQuadraticLineGrowsFourfoldWhereTokensDouble() throws IOException {
        var rows = ChartRow.of(SampleReports.read(folder, SampleReports.rich()));
        XYSeries line =
                requireNonNull(ScalingChart.ofTime(rows).getFirst().getSeriesMap().get("n²"));
        assertThat(line.getXData()).as("powers of two").containsExactly(10, 16);
        assertThat(line.getYData()[1] / line.getYData()[0]).isEqualTo(Math.pow(4, 6));
    }

    @Test
    void aPassIsToldApartInEveryChart() throws IOException {
        JsonNode backward = SampleReports.rich();
        for (JsonNode row : backward.get("rows")) {
            ((ObjectNode) row.get("workload")).put("pass", "forward-backward");
        }
        var files = SampleReports.read(folder, SampleReports.rich(), backward);
        var rows = ChartRow.of(files);
        assertThat(rows)
                .extracting(ChartRow::workload)
                .contains("scaling-1k, f32", "scaling-1k, forward+backward, f32");
        assertThat(ScalingChart.ofTime(rows))
                .extracting(XYChart::getTitle)
                .containsExactly(
                        "1 head, 64 channels, f32", "1 head, 64 channels, forward+backward, f32");
    }

    @Test
    void aFileIsNoPlaceForCharts() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        var files = SampleReports.read(folder, SampleReports.named("name"));
        assertThatThrownBy(() -> Charts.write(file, files))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": expected a directory for charts, got a file");
    }

    private static Document parse(Path svg) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(svg.toFile());
    }
}
