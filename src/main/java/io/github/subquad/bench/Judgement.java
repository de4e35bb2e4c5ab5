package io.github.subquad.bench;

import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.reference.Verdict;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A verdict against float64, as files keep it. Where there are gradients, it is that of the result
 * which is worst: one that is wrong before one that is right, else by its share of the bound.
 *
 * @param ok whether every error is within its bound; of the worst result, so of all
 * @param relativeError in Frobenius norms over the rows checked; null: not a finite number
 * @param greatestRowError greatest relative error of a row of the output; null: not a finite
 *     number, or of a gradient, whose rows are held against bounds of their own
 * @param bound that rounding explains
 * @param rowsChecked rows that were compared
 * @param rows rows of the call
 * @param part which result that is
 */
public record Judgement(
        boolean ok,
        @Nullable Double relativeError,
        @Nullable Double greatestRowError,
        double bound,
        long rowsChecked,
        long rows,
        Part part) {
    /** Fills in what files of old do not name. */
    public Judgement {
        part = part == null ? Part.OUTPUT : part;
    }

    /** A result of a call. */
    public enum Part {
        /** What the forward pass gives. */
        OUTPUT,
        /** The gradient of the queries. */
        QUERY_GRADIENT,
        /** The gradient of the keys. */
        KEY_GRADIENT,
        /** The gradient of the values. */
        VALUE_GRADIENT
    }

    static Judgement of(Verdict verdict) {
        return new Judgement(
                verdict.ok(),
                finite(verdict.relativeError()),
                finite(verdict.greatestRowError()),
                verdict.bound(),
                verdict.rowsChecked(),
                verdict.rows(),
                Part.OUTPUT);
    }

    /** Of output and gradients together. */
    static Judgement of(Verdict output, GradientVerdict gradients) {
        return Stream.of(
                        of(output),
                        of(Part.QUERY_GRADIENT, gradients.query()),
                        of(Part.KEY_GRADIENT, gradients.key()),
                        of(Part.VALUE_GRADIENT, gradients.value()))
                .max(
                        Comparator.comparing((Judgement j) -> !j.ok)
                                .thenComparingDouble(Judgement::share))
                .orElseThrow();
    }

    private static Judgement of(Part part, GradientVerdict.Part verdict) {
        return new Judgement(
                verdict.ok(),
                finite(verdict.relativeError()),
                null,
                verdict.bound(),
                verdict.rowsChecked(),
                verdict.rows(),
                part);
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /** Of the bound, by the error of all rows together. */
    private double share() {
        return relativeError == null
                ? Double.POSITIVE_INFINITY
                : relativeError == 0 ? 0 : relativeError / bound;
    }

    /** In a few words for a cell. */
    String brief() {
        return ok ? "ok (%s)".formatted(number(relativeError)) : "FAILED";
    }

    private static String number(@Nullable Double error) {
        return error == null ? "not finite" : String.format(Locale.ROOT, "%.1e", error);
    }

    /** One line for a person. */
    @Override
    public String toString() {
        boolean output = part == Part.OUTPUT;
        return "%s: %srelative error %s, %sbound %s, %d of %d rows checked"
                .formatted(
                        ok ? "ok" : "FAILED",
                        output ? "" : Word.of(part).replace('-', ' ') + ", ",
                        number(relativeError),
                        output ? "greatest row error %s, ".formatted(number(greatestRowError)) : "",
                        number(bound),
                        rowsChecked,
                        rows);
    }
}
