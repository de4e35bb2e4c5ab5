package io.github.subquad.bench.table;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Comma-separated values, quoted as in RFC 4180. Text that a spreadsheet would take for a formula
 * has an apostrophe before it; numbers stay as they are.
 */
public final class Csv {
    /** With what a spreadsheet's formula begins, some of them past blanks. */
    private static final String FORMULA = "=+-@\t\r\n";

    /**
     * A number or a word of every record.
     *
     * @param <T> the records
     * @param name stands in the first line
     * @param value of a record; null leaves the field empty
     */
    public record Field<T>(String name, Function<T, @Nullable Object> value) {}

    private Csv() {}

    /**
     * A line for each record, below one of names.
     *
     * @param <T> the records
     * @param fields from left to right
     * @param records from top to bottom
     * @return the lines
     */
    public static <T> String of(List<Field<T>> fields, List<T> records) {
        var text = new StringBuilder(line(fields, Field::name));
        records.forEach(r -> text.append(line(fields, field -> field.value().apply(r))));
        return text.toString();
    }

    private static <T> String line(
            List<Field<T>> fields, Function<Field<T>, @Nullable Object> value) {
        return fields.stream()
                .map(field -> text(value.apply(field)))
                .collect(Collectors.joining(",", "", "\n"));
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Number number -> number.toString();
            default -> escaped(value.toString());
        };
    }

    /**
     * Text as a field, in quotes where it would otherwise end early.
     *
     * @param text from anywhere
     * @return the same, control characters spelt out but for line breaks and tabs, and no formula
     */
    public static String escaped(String text) {
        boolean formula = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
        String shown = (formula ? "'" : "") + Printable.lines(text);
        boolean plain =
                shown.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? shown : '"' + shown.replace("\"", "\"\"") + '"';
    }
}
