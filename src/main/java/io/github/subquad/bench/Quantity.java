package io.github.subquad.bench;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/** Measured numbers as a person reads them; a dash where there is none. */
public final class Quantity {
    /** Where there is none. */
    public static final String NONE = "–";

    private Quantity() {}

    /**
     * Four digits in the largest unit that leaves at least 1.
     *
     * @param nanos at least 0
     * @return such as {@code 152.3 ms}
     */
    public static String duration(double nanos) {
        if (nanos < 1e3) {
            return digits(nanos, 4) + " ns";
        }
        if (nanos < 1e6) {
            return digits(nanos / 1e3, 4) + " µs";
        }
        return nanos < 1e9 ? digits(nanos / 1e6, 4) + " ms" : digits(nanos / 1e9, 4) + " s";
    }

    /** Three digits in joules, or thousandths of it. */
    static String energy(double joules) {
        return joules < 1 ? digits(1e3 * joules, 3) + " mJ" : digits(joules, 3) + " J";
    }

    /** Three digits, without a unit. */
    static String rate(@Nullable Double rate) {
        return rate == null ? NONE : digits(rate, 3);
    }

    /** Half the width of an interval over its middle, such as {@code ±1.2%}. */
    static String spread(@Nullable Double ratio) {
        return ratio == null ? NONE : String.format(Locale.ROOT, "±%.1f%%", 100 * ratio);
    }

    /**
     * As many significant digits, or all those before the point, and no leading zeros beyond one.
     */
    private static String digits(double value, int significant) {
        int before = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : significant;
        int decimals = Math.max(0, significant - before);
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
