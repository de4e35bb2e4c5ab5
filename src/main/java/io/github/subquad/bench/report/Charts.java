package io.github.subquad.bench.report;

import io.github.subquad.bench.ResultFile;
import io.github.subquad.io.AtomicFile;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.internal.chartpart.Chart;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Charts for a paper, as SVG and PNG: {@code gflops}, {@code scaling-time}, {@code scaling-memory},
 * {@code roofline}, {@code chunks} and {@code samples}, with a number from 2 on where there are
 * several of a kind. A kind for which there is no data is left out.
 */
public final class Charts {
    private Charts() {}

    /**
     * Writes all charts. Files of these names are replaced; no other file is touched.
     *
     * @param directory where they go; made if it is not there
     * @param files what they show, at least one
     * @return the files written
     * @throws IOException if one cannot be written
     */
    public static List<Path> write(Path directory, List<ResultFile> files) throws IOException {
        System.setProperty("java.awt.headless", "true"); // no window is opened, so none is needed
        List<ChartRow> rows = ChartRow.of(files);
        SequencedMap<String, List<? extends Chart<?, ?>>> kinds = new LinkedHashMap<>();
        kinds.put("gflops", SpeedChart.of(rows));
        kinds.put("scaling-time", ScalingChart.ofTime(rows));
        kinds.put("scaling-memory", ScalingChart.ofMemory(rows));
        kinds.put("roofline", rooflines(rows, files));
        kinds.put("chunks", ChunkChart.of(rows));
        kinds.put("samples", SampleChart.of(rows));
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new IOException(directory + ": expected a directory for charts, got a file");
        }
        Files.createDirectories(directory);
        List<Path> written = new ArrayList<>();
        for (Map.Entry<String, List<? extends Chart<?, ?>>> kind : kinds.entrySet()) {
            for (int i = 0; i < kind.getValue().size(); i++) {
                String name = kind.getKey() + (i == 0 ? "" : "-" + (i + 1));
                written.addAll(write(directory, name, kind.getValue().get(i)));
            }
        }
        return written;
    }

    /** One for each file, since roofs are of its machine. */
    private static List<Chart<?, ?>> rooflines(List<ChartRow> rows, List<ResultFile> files) {
        List<Chart<?, ?>> charts = new ArrayList<>();
        for (ResultFile file : files) {
            List<ChartRow> own = rows.stream().filter(row -> row.file().equals(file)).toList();
            charts.addAll(RooflineChart.of(own, file.report().roofs()));
        }
        return charts;
    }

    private static List<Path> write(Path directory, String name, Chart<?, ?> chart)
            throws IOException {
        ChartStyle.layOutLegend(chart);
        var svg = new ByteArrayOutputStream();
        VectorGraphicsEncoder.saveVectorGraphic(chart, svg, VectorGraphicsFormat.SVG);
        var png = new ByteArrayOutputStream();
        BitmapEncoder.saveBitmap(chart, png, BitmapFormat.PNG);
        return List.of(
                write(directory.resolve(name + ".svg"), svg.toByteArray()),
                write(directory.resolve(name + ".png"), png.toByteArray()));
    }

    private static Path write(Path file, byte[] content) throws IOException {
        AtomicFile.write(file, channel -> Channels.newOutputStream(channel).write(content));
        return file;
    }
}
