package io.github.subquad.bench;

import io.github.subquad.bench.table.Csv;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Function;

/**
 * Comma-separated values: times in nanoseconds, memory in bytes, empty where there is no number.
 */
public final class CsvExporter implements Exporter {
    private static final List<Csv.Field<Row>> FIELDS =
            List.of(
                    new Csv.Field<>("workload", row -> row.workload().name()),
                    new Csv.Field<>("query_heads", row -> row.workload().shape().queryHeads()),
                    new Csv.Field<>("key_heads", row -> row.workload().shape().keyHeads()),
                    new Csv.Field<>("query_tokens", row -> row.workload().shape().queryTokens()),
                    new Csv.Field<>("key_tokens", row -> row.workload().shape().keyTokens()),
                    new Csv.Field<>("channels", row -> row.workload().shape().channels()),
                    new Csv.Field<>(
                            "value_channels", row -> row.workload().shape().valueChannels()),
                    new Csv.Field<>("causal", row -> Word.of(row.workload().causal())),
                    new Csv.Field<>("pass", row -> Word.of(row.workload().pass())),
                    new Csv.Field<>("dtype", row -> Word.of(row.workload().dataType())),
                    new Csv.Field<>("backend", row -> row.setting().backend()),
                    new Csv.Field<>("device", row -> row.setting().device()),
                    new Csv.Field<>("device_name", row -> row.device().name()),
                    new Csv.Field<>("peer", row -> row.setting().peer()),
                    new Csv.Field<>("kernel", row -> Word.of(row.plan().kernel())),
                    new Csv.Field<>("kernel_step", row -> row.setting().kernelStep()),
                    new Csv.Field<>("merge", row -> Word.of(row.setting().merge())),
                    new Csv.Field<>("query_chunk_size", row -> row.plan().queryChunkSize()),
                    new Csv.Field<>("kv_chunk_size", row -> row.plan().kvChunkSize()),
                    new Csv.Field<>("threads", row -> row.plan().threads()),
                    new Csv.Field<>("ok", row -> row.verdict().ok()),
                    new Csv.Field<>("judged", row -> Word.of(row.verdict().part())),
                    new Csv.Field<>("relative_error", row -> row.verdict().relativeError()),
                    new Csv.Field<>("greatest_row_error", row -> row.verdict().greatestRowError()),
                    new Csv.Field<>("error_bound", row -> row.verdict().bound()),
                    new Csv.Field<>("rows_checked", row -> row.verdict().rowsChecked()),
                    started("plan_ns", Start::planNanos),
                    started("first_call_ns", Start::firstCallNanos),
                    started("steady", Start::steady),
                    first("compile_ns", Phases::compileNanos),
                    steady("to_device_ns", Phases::toDeviceNanos),
                    steady("kernel_ns", Phases::kernelNanos),
                    steady("from_device_ns", Phases::fromDeviceNanos),
                    steady("merge_ns", Phases::mergeNanos),
                    timed("samples", Statistics::samples),
                    timed("median_ns", Statistics::median),
                    timed("median_low_ns", Statistics::medianLow),
                    timed("median_high_ns", Statistics::medianHigh),
                    timed("lower_quartile_ns", Statistics::lowerQuartile),
                    timed("upper_quartile_ns", Statistics::upperQuartile),
                    timed("min_ns", Statistics::min),
                    timed("max_ns", Statistics::max),
                    new Csv.Field<>("gflops", Row::gflops),
                    new Csv.Field<>("gb_per_s", Row::gigabytesPerSecond),
                    new Csv.Field<>("planned_bytes", row -> row.memory().plannedBytes()),
                    new Csv.Field<>(
                            "planned_device_bytes", row -> row.memory().plannedDeviceBytes()),
                    new Csv.Field<>("held_bytes", row -> row.memory().heldBytes()),
                    new Csv.Field<>("held_device_bytes", row -> row.memory().heldDeviceBytes()),
                    new Csv.Field<>(
                            "resident_growth_bytes", row -> row.memory().residentGrowthBytes()),
                    new Csv.Field<>("joules", row -> of(row.energy(), Energy::perCall)),
                    new Csv.Field<>("command", Row::command));

    /** Nothing to set. */
    public CsvExporter() {}

    private static Csv.Field<Row> started(String name, Function<Start, @Nullable Object> value) {
        return new Csv.Field<>(name, row -> of(row.start(), value));
    }

    private static Csv.Field<Row> timed(String name, Function<Statistics, @Nullable Object> value) {
        return new Csv.Field<>(name, row -> of(row.statistics(), value));
    }

    private static Csv.Field<Row> first(String name, Function<Phases, @Nullable Object> value) {
        return started(name, start -> of(start.firstCall(), value));
    }

    private static Csv.Field<Row> steady(String name, Function<Phases, @Nullable Object> value) {
        return started(name, start -> of(start.steadyCall(), value));
    }

    private static <T> @Nullable Object of(@Nullable T from, Function<T, @Nullable Object> value) {
        return from == null ? null : value.apply(from);
    }

    @Override
    public String export(Report report) {
        return Csv.of(FIELDS, report.rows());
    }
}
