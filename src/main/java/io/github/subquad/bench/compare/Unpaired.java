package io.github.subquad.bench.compare;

import io.github.subquad.bench.Report;
import io.github.subquad.bench.Row;
import io.github.subquad.bench.Setting;
import io.github.subquad.bench.Skipped;
import io.github.subquad.bench.Workload;

import org.jspecify.annotations.Nullable;

/**
 * A row without a partner.
 *
 * @param workload that it measures
 * @param setting with which
 * @param inBase whether the base has it; else the other file
 * @param reason why the file without it did not measure it; null if it does not tell
 */
public record Unpaired(
        Workload workload, Setting setting, boolean inBase, @Nullable String reason) {
    static Unpaired of(Row row, boolean inBase, Report without) {
        return new Unpaired(
                row.workload(),
                row.setting(),
                inBase,
                without.skipped().stream()
                        .filter(skipped -> skipped.workload().equals(row.workload()))
                        .filter(skipped -> skipped.setting().equals(row.setting()))
                        .map(Skipped::reason)
                        .findFirst()
                        .orElse(null));
    }
}
