package io.github.subquad.bench;

import io.github.subquad.reference.Verdict;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/**
 * A verdict against float64, as files keep it.
 *
 * @param ok whether every error is within its bound
 * @param relativeError in Frobenius norms over the rows checked; null: not a finite number
 * @param greatestRowError greatest relative error of a row; null: not a finite number
 * @param bound that rounding explains
 * @param rowsChecked rows that were compared
 * @param rows rows of the call
 */
public record Judgement(
        boolean ok,
        @Nullable Double relativeError,
        @Nullable Double greatestRowError,
        double bound,
        long rowsChecked,
        long rows) {
    static Judgement of(Verdict verdict) {
        return new Judgement(
                verdict.ok(),
                finite(verdict.relativeError()),
                finite(verdict.greatestRowError()),
                verdict.bound(),
                verdict.rowsChecked(),
                verdict.rows());
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
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
        return "%s: relative error %s, greatest row error %s, bound %s, %d of %d rows checked"
                .formatted(
                        ok ? "ok" : "FAILED",
                        number(relativeError),
                        number(greatestRowError),
                        number(bound),
                        rowsChecked,
                        rows);
    }
}
