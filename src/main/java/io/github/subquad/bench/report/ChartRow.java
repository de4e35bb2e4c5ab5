package io.github.subquad.bench.report;

import io.github.subquad.Kernel;
import io.github.subquad.Merge;
import io.github.subquad.bench.ResultFile;
import io.github.subquad.bench.Row;
import io.github.subquad.bench.Setting;
import io.github.subquad.bench.Statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A row with what charts call it.
 *
 * @param row what was measured
 * @param file its result file
 * @param engine its device, with form, threads and file where these tell rows apart
 */
record ChartRow(Row row, ResultFile file, String engine) {
    private static final int LONGEST = 48;

    /** All rows of all files. */
    static List<ChartRow> of(List<ResultFile> files) {
        boolean severalThreads =
                files.stream()
                                .flatMap(file -> file.report().rows().stream())
                                .map(row -> row.setting().threads())
                                .distinct()
                                .count()
                        > 1;
        List<ChartRow> rows = new ArrayList<>();
        for (ResultFile file : files) {
            for (Row row : file.report().rows()) {
                List<String> words = new ArrayList<>();
                words.add(device(row.setting()));
                if (severalThreads) {
                    words.add("%d threads".formatted(row.setting().threads()));
                }
                if (files.size() > 1) {
                    words.add(file.name());
                }
                rows.add(new ChartRow(row, file, label(String.join(", ", words))));
            }
        }
        return rows;
    }

    private static String device(Setting setting) {
        StringBuilder words = new StringBuilder(setting.address());
        if (setting.kernelStep() != null) {
            words.append(" step ").append(setting.kernelStep());
        } else if (setting.kernel() != Kernel.AUTO) {
            words.append(' ').append(setting.kernel().name().toLowerCase(Locale.ROOT));
        }
        if (setting.merge() != Merge.DEVICE) {
            words.append(", merge on host");
        }
        if (!setting.useCheckpoint()) {
            words.append(", weights kept");
        }
        return words.toString();
    }

    /** Text from anywhere that fits a chart and an XML file: short, without control characters. */
    static String label(String text) {
        String clean = text.replaceAll("[\\p{Cntrl}\\p{Cs}\\uFFFE\\uFFFF]", "\uFFFD");
        return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST - 1) + "…";
    }

    /** Workload, its pass unless that is forward, and storage type. */
    String workload() {
        String type = row.workload().dataType().name().toLowerCase(Locale.ROOT);
        return label(row.workload().label()) + ", " + type;
    }

    /** The same, with chunk sizes where these were given. */
    String call() {
        Setting setting = row.setting();
        return isCell()
                ? "%s, %d × %d"
                        .formatted(workload(), setting.queryChunkSize(), setting.kvChunkSize())
                : workload();
    }

    /** Whether both chunk sizes were given: then it is a cell of a heat map, and nothing else. */
    boolean isCell() {
        return row.setting().queryChunkSize() != null && row.setting().kvChunkSize() != null;
    }

    /** Whether there is a time. */
    boolean isTimed() {
        return row.statistics() != null;
    }

    /** Times of a row that {@linkplain #isTimed has} some. */
    Statistics time() {
        Statistics time = row.statistics();
        if (time == null) {
            throw new IllegalStateException("no time: " + row.measured());
        }
        return time;
    }

    /** GFLOP/s of the median call of a timed row. */
    double gflops() {
        return row.workload().flops() / time().median();
    }
}
