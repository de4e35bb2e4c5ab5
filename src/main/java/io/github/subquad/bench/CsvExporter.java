package io.github.subquad.bench;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Comma-separated values, quoted as in RFC 4180: times in nanoseconds, memory in bytes, empty where
 * there is no number.
 */
public final class CsvExporter implements Exporter {
    private record Field(String name, Function<Row, @Nullable Object> value) {}

    private static final List<Field> FIELDS =
            List.of(
                    new Field("workload", row -> row.workload().name()),
                    new Field("query_heads", row -> row.workload().shape().queryHeads()),
                    new Field("key_heads", row -> row.workload().shape().keyHeads()),
                    new Field("query_tokens", row -> row.workload().shape().queryTokens()),
                    new Field("key_tokens", row -> row.workload().shape().keyTokens()),
                    new Field("channels", row -> row.workload().shape().channels()),
                    new Field("value_channels", row -> row.workload().shape().valueChannels()),
                    new Field("causal", row -> Word.of(row.workload().causal())),
                    new Field("dtype", row -> Word.of(row.workload().dataType())),
                    new Field("backend", row -> row.setting().backend()),
                    new Field("device", row -> row.setting().device()),
                    new Field("device_name", row -> row.device().name()),
                    new Field("peer", row -> row.setting().peer()),
                    new Field("kernel", row -> Word.of(row.plan().kernel())),
                    new Field("kernel_step", row -> row.setting().kernelStep()),
                    new Field("merge", row -> Word.of(row.setting().merge())),
                    new Field("query_chunk_size", row -> row.plan().queryChunkSize()),
                    new Field("kv_chunk_size", row -> row.plan().kvChunkSize()),
                    new Field("threads", row -> row.plan().threads()),
                    new Field("ok", row -> row.verdict().ok()),
                    new Field("relative_error", row -> row.verdict().relativeError()),
                    new Field("greatest_row_error", row -> row.verdict().greatestRowError()),
                    new Field("error_bound", row -> row.verdict().bound()),
                    new Field("rows_checked", row -> row.verdict().rowsChecked()),
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
                    new Field("gflops", Row::gflops),
                    new Field("gb_per_s", Row::gigabytesPerSecond),
                    new Field("planned_bytes", row -> row.memory().plannedBytes()),
                    new Field("held_bytes", row -> row.memory().heldBytes()),
                    new Field("resident_growth_bytes", row -> row.memory().residentGrowthBytes()),
                    new Field("command", Row::command));

    /** Nothing to set. */
    public CsvExporter() {}

    private static Field started(String name, Function<Start, @Nullable Object> value) {
        return new Field(name, row -> of(row.start(), value));
    }

    private static Field timed(String name, Function<Statistics, @Nullable Object> value) {
        return new Field(name, row -> of(row.statistics(), value));
    }

    private static Field first(String name, Function<Phases, @Nullable Object> value) {
        return started(name, start -> of(start.firstCall(), value));
    }

    private static Field steady(String name, Function<Phases, @Nullable Object> value) {
        return started(name, start -> of(start.steadyCall(), value));
    }

    private static <T> @Nullable Object of(@Nullable T from, Function<T, @Nullable Object> value) {
        return from == null ? null : value.apply(from);
    }

    @Override
    public String export(Report report) {
        return line(Field::name)
                + report.rows().stream()
                        .map(row -> line(field -> field.value().apply(row)))
                        .collect(Collectors.joining());
    }

    private static String line(Function<Field, @Nullable Object> cell) {
        return FIELDS.stream()
                .map(field -> text(cell.apply(field)))
                .collect(Collectors.joining(",", "", "\n"));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : quoted(value.toString());
    }

    /** In quotes where the text would otherwise end the field. */
    static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
