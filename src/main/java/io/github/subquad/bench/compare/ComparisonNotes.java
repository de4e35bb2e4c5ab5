package io.github.subquad.bench.compare;

import io.github.subquad.bench.Word;
import io.github.subquad.bench.Workload;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The sentences around the tables of a comparison. */
final class ComparisonNotes {
    private static final String DRIFT =
            "What is shown is a difference between these runs. Repetitions of one run are not"
                + " independent, and a machine is faster on one day than on another: repeat both"
                + " runs before you call it the code's.";

    private ComparisonNotes() {}

    /** What stands above everything. */
    static String head(Comparison comparison) {
        return "base: %s, started %s".formatted(comparison.base(), comparison.started());
    }

    /** What stands above a file's table. */
    static String head(ComparedFile file) {
        return "file: %s, started %s".formatted(file.file(), file.started());
    }

    /** What stands below a file's table. */
    static List<String> of(ComparedFile file, Comparison comparison) {
        List<String> notes = new ArrayList<>();
        notes.add(means(file));
        file.differences().forEach(line -> notes.add("differs: " + line));
        for (ComparedRow row : file.rows()) {
            if (row.reason() != null) {
                String setting = SettingText.of(row.baseSetting(), row.setting());
                notes.add(
                        "not compared: %s: %s"
                                .formatted(row(row.workload(), setting), row.reason()));
            }
        }
        file.unpaired().forEach(unpaired -> notes.add(unpaired(unpaired)));
        long compared = compared(comparison);
        long few =
                file.rows().stream()
                        .filter(row -> row.ratio() != null)
                        .filter(row -> row.leastP() * compared >= comparison.alpha())
                        .count();
        if (few > 0) {
            notes.add(
                    "%s: too few repetitions for any difference to be shown, however great; more"
                                    .formatted(rows(few))
                            + " --repetitions, or a longer --time, mend that");
        }
        return notes;
    }

    /** What stands below everything. */
    static List<String> conventions(Comparison comparison) {
        return List.of(
                "ratio: how many times as fast as in the base, the median of all quotients of a"
                    + " repetition of the base by one of the file (Hodges-Lehmann), with its own"
                    + " 95% confidence interval.",
                "p: Mann-Whitney U test, two-sided, after Holm's correction over "
                        + rows(compared(comparison))
                        + ". ~: no difference is shown at "
                        + Figure.percent(comparison.alpha())
                        + ", which does not say that there is none.",
                DRIFT);
    }

    private static String means(ComparedFile file) {
        return file.means().isEmpty()
                ? "no row could be compared"
                : file.means().stream()
                        .map(ComparisonNotes::mean)
                        .collect(Collectors.joining("; ", "geometric mean of the ratios: ", ""));
    }

    private static String mean(GeometricMean mean) {
        String of = rows(mean.rows());
        return Figure.ratio(mean.ratio())
                + (mean.backend() == null
                        ? " (%s)".formatted(of)
                        : " on %s (%s)".formatted(mean.backend(), of));
    }

    private static String unpaired(Unpaired unpaired) {
        String row = row(unpaired.workload(), SettingText.of(unpaired.setting()));
        return "in %s alone: %s%s"
                .formatted(
                        unpaired.inBase() ? "the base" : "the file",
                        row,
                        unpaired.reason() == null ? "" : ": " + unpaired.reason());
    }

    private static String row(Workload workload, String setting) {
        return "%s, %s, %s".formatted(workload.label(), Word.of(workload.dataType()), setting);
    }

    private static String rows(long count) {
        return count == 1 ? "1 row" : count + " rows";
    }

    private static long compared(Comparison comparison) {
        return comparison.rows().filter(row -> row.ratio() != null).count();
    }
}
