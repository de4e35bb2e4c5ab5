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
    /** Those of a result file, as far as they are of use. */
    static List<Roof> of(ResultFile file) {
        List<Roof> roofs = new ArrayList<>();
        for (JsonNode roof : ReportData.tree(file).path("roofs")) {
            double gflops = best(roof, "fma_gflops");
            double reading = best(roof, "read_gigabytes_per_second");
            if (gflops > 0 && reading > 0) {
                roofs.add(
                        new Roof(
                                roof.path("device").asString(),
                                roof.path("threads").asInt(),
                                gflops,
                                reading));
            }
        }
        return roofs;
    }

    /** 0 if it is not a finite number. */
    private static double best(JsonNode roof, String figure) {
        JsonNode best = roof.path(figure).path("best");
        return best.isNumber() && Double.isFinite(best.asDouble()) ? best.asDouble() : 0;
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
