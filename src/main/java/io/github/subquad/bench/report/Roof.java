package io.github.subquad.bench.report;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/**
 * The most that a device was measured to do.
 *
 * @param device such as {@code cpu:0}
 * @param threads host threads
 * @param gflops of multiply-adds
 * @param gigabytesPerSecond of reading memory
 */
record Roof(String device, int threads, double gflops, double gigabytesPerSecond) {
    /** Those of a result file. */
    static List<Roof> of(ResultFile file) {
        List<Roof> roofs = new ArrayList<>();
        for (JsonNode roof : ReportData.tree(file).path("roofs")) {
            roofs.add(
                    new Roof(
                            roof.get("device").asString(),
                            roof.get("threads").asInt(),
                            roof.get("fma_gflops").get("best").asDouble(),
                            roof.get("read_gigabytes_per_second").get("best").asDouble()));
        }
        return roofs;
    }

    /** GFLOP/s at so many operations a byte. */
    double attainable(double intensity) {
        return Math.min(gflops, intensity * gigabytesPerSecond);
    }

    /** Operations a byte from which on arithmetic limits. */
    double ridge() {
        return gflops / gigabytesPerSecond;
    }

    boolean covers(ChartRow row) {
        var setting = row.row().setting();
        return device.equals(setting.address()) && threads == setting.threads();
    }
}
