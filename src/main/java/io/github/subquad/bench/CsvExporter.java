package io.github.subquad.bench;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Comma-separated values, quoted as in RFC 4180: times in nanoseconds, memory in bytes, empty where
 * there is no number.
 */
public final class CsvExporter implements LineExporter {
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
                    new Field("backend", row -> row.device().backend()),
                    new Field("device", row -> row.device().id()),
                    new Field("device_name", row -> row.device().name()),
                    new Field("kernel", row -> Word.of(row.plan().kernel())),
                    new Field("threads", row -> row.plan().threads()),
                    new Field("calls", row -> of(row.measurement(), m -> m.samples().size())),
                    new Field("steady", row -> of(row.measurement(), Measurement::steady)),
                    new Field("median_ns", row -> of(row.time(), Statistics::median)),
                    new Field(
                            "lower_quartile_ns", row -> of(row.time(), Statistics::lowerQuartile)),
                    new Field(
                            "upper_quartile_ns", row -> of(row.time(), Statistics::upperQuartile)),
                    new Field("min_ns", row -> of(row.time(), Statistics::min)),
                    new Field("max_ns", row -> of(row.time(), Statistics::max)),
                    new Field("kernel_ns", row -> of(row.deviceTimes(), t -> t.steady().kernel())),
                    new Field("compile_ns", row -> of(row.deviceTimes(), t -> t.first().compile())),
                    new Field("gflops", row -> number(row.gigaflops())),
                    new Field("gb_per_s", row -> number(row.gigabytes())),
                    new Field("planned_bytes", row -> row.plan().extraBytes()),
                    new Field("held_bytes", Row::peakBytes),
                    new Field("ok", row -> row.verdict().ok()),
                    new Field("relative_error", row -> row.verdict().relativeError()),
                    new Field("greatest_row_error", row -> row.verdict().greatestRowError()),
                    new Field("error_bound", row -> row.verdict().bound()),
                    new Field("rows_checked", row -> row.verdict().rowsChecked()),
                    new Field("command", Row::command));

    /** Nothing to set. */
    public CsvExporter() {}

    private static <T> @Nullable Object of(@Nullable T from, Function<T, Object> value) {
        return from == null ? null : value.apply(from);
    }

    private static @Nullable Object number(OptionalDouble number) {
        return number.isPresent() ? number.getAsDouble() : null;
    }

    @Override
    public String head(Environment environment) {
        return FIELDS.stream().map(Field::name).collect(Collectors.joining(",", "", "\n"));
    }

    @Override
    public String line(Row row) {
        return FIELDS.stream()
                .map(field -> field.value().apply(row))
                .map(value -> value == null ? "" : quoted(value.toString()))
                .collect(Collectors.joining(",", "", "\n"));
    }

    @Override
    public String foot(Report report) {
        return "";
    }

    /** In quotes where the text would otherwise end the field. */
    static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
