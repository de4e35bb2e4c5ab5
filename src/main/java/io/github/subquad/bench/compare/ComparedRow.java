package io.github.subquad.bench.compare;

import io.github.subquad.bench.Row;
import io.github.subquad.bench.Setting;
import io.github.subquad.bench.Workload;

import org.apache.commons.statistics.descriptive.Median;
import org.jspecify.annotations.Nullable;

/**
 * Two rows of one workload, held against each other.
 *
 * @param workload of both
 * @param baseSetting of the base's row
 * @param setting of the other
 * @param baseSamples repetitions of the base's row
 * @param samples of the other
 * @param baseMedianNanos median of its repetitions; null where it has none
 * @param medianNanos of the other
 * @param ratio null where they cannot be compared
 * @param correctedP the ratio's p after Holm's correction over all rows of the comparison; null
 *     where there is no ratio
 * @param finding what is shown by that p
 * @param reason why the rows cannot be compared; null where they can
 */
public record ComparedRow(
        Workload workload,
        Setting baseSetting,
        Setting setting,
        int baseSamples,
        int samples,
        @Nullable Double baseMedianNanos,
        @Nullable Double medianNanos,
        @Nullable TimeRatio ratio,
        @Nullable Double correctedP,
        Finding finding,
        @Nullable String reason) {
    private static final int LEAST_SAMPLES = 2;

    /** Before the correction, which needs all rows. */
    static ComparedRow of(Row base, Row other) {
        double[] before = base.samples();
        double[] after = other.samples();
        String reason = reason(base, other);
        return new ComparedRow(
                base.workload(),
                base.setting(),
                other.setting(),
                before.length,
                after.length,
                median(before),
                median(after),
                reason == null ? TimeRatio.of(before, after) : null,
                null,
                Finding.NOT_COMPARED,
                reason);
    }

    private static @Nullable String reason(Row base, Row other) {
        if (!base.verdict().ok() || !other.verdict().ok()) {
            return "the result is wrong in %s"
                    .formatted(
                            other.verdict().ok()
                                    ? "the base"
                                    : base.verdict().ok() ? "this file" : "both files");
        }
        int least = Math.min(base.turnsNanos().size(), other.turnsNanos().size());
        return least < LEAST_SAMPLES
                ? "expected at least %d repetitions in both files, got %d"
                        .formatted(LEAST_SAMPLES, least)
                : null;
    }

    private static @Nullable Double median(double[] samples) {
        return samples.length == 0 ? null : Median.withDefaults().evaluate(samples.clone());
    }

    /** With what its ratio shows at a level, by its p among those of all rows. */
    ComparedRow judged(double p, double alpha) {
        return new ComparedRow(
                workload,
                baseSetting,
                setting,
                baseSamples,
                samples,
                baseMedianNanos,
                medianNanos,
                ratio,
                p,
                p < alpha ? direction() : Finding.NOTHING,
                reason);
    }

    private Finding direction() {
        double estimate = ratio == null ? 1 : ratio.estimate();
        return estimate > 1 ? Finding.FASTER : estimate < 1 ? Finding.SLOWER : Finding.NOTHING;
    }

    /**
     * Whether it is shown to be slower by more than a limit.
     *
     * @param limit such as 0.05 for 5% more time
     * @return true if it is
     */
    public boolean isSlowerBy(double limit) {
        return finding == Finding.SLOWER && ratio != null && ratio.slowdown() > limit;
    }

    /** The least p that so many repetitions can have: all of one row above all of the other. */
    double leastP() {
        double orders = 1;
        for (int i = 1; i <= samples; i++) {
            orders *= (double) (baseSamples + i) / i;
        }
        return Math.min(1, 2 / orders);
    }
}
