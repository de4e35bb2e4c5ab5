package io.github.subquad.bench.compare;

import io.github.subquad.bench.Word;
import io.github.subquad.bench.table.Csv;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Function;

/** The rows of a comparison as numbers: times in nanoseconds, empty where there is none. */
final class ComparisonCsv {
    private record Line(String file, ComparedRow row) {}

    private static final List<Csv.Field<Line>> FIELDS =
            List.of(
                    new Csv.Field<>("file", Line::file),
                    of("workload", row -> row.workload().name()),
                    of("query_heads", row -> row.workload().shape().queryHeads()),
                    of("key_heads", row -> row.workload().shape().keyHeads()),
                    of("query_tokens", row -> row.workload().shape().queryTokens()),
                    of("key_tokens", row -> row.workload().shape().keyTokens()),
                    of("channels", row -> row.workload().shape().channels()),
                    of("value_channels", row -> row.workload().shape().valueChannels()),
                    of("causal", row -> Word.of(row.workload().causal())),
                    of("pass", row -> Word.of(row.workload().pass())),
                    of("dtype", row -> Word.of(row.workload().dataType())),
                    of("base_setting", row -> SettingText.of(row.baseSetting())),
                    of("setting", row -> SettingText.of(row.setting())),
                    of("base_samples", ComparedRow::baseSamples),
                    of("samples", ComparedRow::samples),
                    of("base_median_ns", ComparedRow::baseMedianNanos),
                    of("median_ns", ComparedRow::medianNanos),
                    ratio("ratio", TimeRatio::estimate),
                    ratio("ratio_low", TimeRatio::low),
                    ratio("ratio_high", TimeRatio::high),
                    ratio("p", TimeRatio::p),
                    of("corrected_p", ComparedRow::correctedP),
                    of("finding", row -> Word.of(row.finding())),
                    of("reason", ComparedRow::reason));

    private ComparisonCsv() {}

    static String of(Comparison comparison) {
        return Csv.of(
                FIELDS,
                comparison.others().stream()
                        .flatMap(f -> f.rows().stream().map(row -> new Line(f.file(), row)))
                        .toList());
    }

    private static Csv.Field<Line> of(String name, Function<ComparedRow, @Nullable Object> value) {
        return new Csv.Field<>(name, line -> value.apply(line.row()));
    }

    private static Csv.Field<Line> ratio(String name, Function<TimeRatio, @Nullable Object> value) {
        return of(name, row -> row.ratio() == null ? null : value.apply(row.ratio()));
    }
}
