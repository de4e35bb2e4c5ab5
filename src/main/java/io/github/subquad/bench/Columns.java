package io.github.subquad.bench;

import io.github.subquad.Kernel;
import io.github.subquad.MemoryBudget;
import io.github.subquad.Merge;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The columns of a report: those that hold something for some row. */
final class Columns {
    private Columns() {}

    /** From left to right. */
    static List<Column> of(Report report) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.left("workload", row -> row.workload().name()));
        columns.add(Column.left("pass", row -> pass(row, report)));
        columns.add(Column.left("dtype", row -> Word.of(row.workload().dataType())));
        columns.add(Column.left("device", row -> row.setting().address()));
        columns.add(Column.left("kernel", Columns::kernel));
        columns.add(Column.left("chunks", Columns::chunks));
        columns.add(Column.right("threads", row -> String.valueOf(row.plan().threads())));
        columns.add(Column.left("verdict", row -> row.verdict().brief()));
        columns.add(timed("time", t -> Quantity.duration(t.median())));
        columns.add(timed("±", t -> Quantity.spread(t.uncertainty())));
        columns.add(Column.right("GFLOP/s", row -> Quantity.rate(row.gflops())));
        columns.add(Column.right("of roof", row -> shareOfRoof(row, report)));
        columns.add(Column.right("GB/s", row -> Quantity.rate(row.gigabytesPerSecond())));
        for (String peer : peers(report)) {
            columns.add(
                    Column.right("× " + peer, row -> ratio(Ratios.over(peer, row, report.rows()))));
        }
        columns.add(Column.right("kernels", row -> phase(row, true)));
        columns.add(Column.right("compile", row -> phase(row, false)));
        columns.add(started("first call", Start::firstCallNanos));
        columns.add(Column.right("planned", row -> bytes(row.memory().plannedBytes())));
        columns.add(Column.right("held", row -> bytes(row.memory().heldBytes())));
        if (!peers(report).isEmpty()) {
            columns.add(Column.right("grew", row -> bytes(row.memory().residentGrowthBytes())));
        }
        columns.add(Column.right("energy", Columns::energy));
        columns.removeIf(c -> c.cells(report.rows()).stream().allMatch(Quantity.NONE::equals));
        return columns;
    }

    /** Where there is another than forward. */
    private static String pass(Row row, Report report) {
        return Prose.goesBackward(report) ? row.workload().pass().label() : Quantity.NONE;
    }

    private static String shareOfRoof(Row row, Report report) {
        Double gflops = row.gflops();
        return gflops == null
                ? Quantity.NONE
                : report.roofs().stream()
                        .filter(row::isUnder)
                        .findFirst()
                        .map(roof -> roof.attainableGflops(row.workload().intensity()))
                        .map(roof -> String.format(Locale.ROOT, "%.0f%%", 100 * gflops / roof))
                        .orElse(Quantity.NONE);
    }

    private static List<String> peers(Report report) {
        return report.rows().stream()
                .map(Row::setting)
                .filter(Setting::peer)
                .map(Setting::backend)
                .distinct()
                .toList();
    }

    private static Column timed(String title, Function<Statistics, String> text) {
        return Column.right(
                title,
                row -> {
                    Statistics time = row.statistics();
                    return time == null ? Quantity.NONE : text.apply(time);
                });
    }

    private static Column started(String title, Function<Start, Long> nanos) {
        return Column.right(
                title,
                row -> {
                    Start start = row.start();
                    return start == null ? Quantity.NONE : Quantity.duration(nanos.apply(start));
                });
    }

    /** As far as it was chosen by hand. */
    private static String kernel(Row row) {
        Setting s = row.setting();
        List<String> words = new ArrayList<>();
        if (s.kernelStep() != null) {
            words.add("step " + s.kernelStep());
        } else if (s.kernel() != Kernel.AUTO) {
            words.add(Word.of(s.kernel()));
        }
        if (s.merge() != Merge.DEVICE) {
            words.add("merge on " + Word.of(s.merge()));
        }
        if (!s.useCheckpoint()) {
            words.add("weights kept");
        }
        return words.isEmpty() ? Quantity.NONE : String.join(", ", words);
    }

    private static String chunks(Row row) {
        Setting s = row.setting();
        return s.queryChunkSize() == null && s.kvChunkSize() == null
                ? Quantity.NONE
                : "%d × %d".formatted(row.plan().queryChunkSize(), row.plan().kvChunkSize());
    }

    private static String ratio(@Nullable Statistics ratio) {
        if (ratio == null) {
            return Quantity.NONE;
        }
        String middle = String.format(Locale.ROOT, "%.2f", ratio.median());
        return ratio.medianLow() == null
                ? middle
                : String.format(
                        Locale.ROOT,
                        "%s (%.2f–%.2f)",
                        middle,
                        ratio.medianLow(),
                        ratio.medianHigh());
    }

    /** The kernels of a steady call, or compiling in the first. */
    private static String phase(Row row, boolean kernels) {
        Start start = row.start();
        if (start == null || row.setting().peer()) {
            return Quantity.NONE;
        }
        Phases phases = kernels ? start.steadyCall() : start.firstCall();
        if (phases == null) {
            return Quantity.NONE;
        }
        return Quantity.duration(kernels ? phases.kernelNanos() : phases.compileNanos());
    }

    /** Of a call. */
    private static String energy(Row row) {
        Energy energy = row.energy();
        return energy == null ? Quantity.NONE : Quantity.energy(energy.perCall());
    }

    private static String bytes(@Nullable Long bytes) {
        return bytes == null ? Quantity.NONE : MemoryBudget.format(bytes);
    }
}
