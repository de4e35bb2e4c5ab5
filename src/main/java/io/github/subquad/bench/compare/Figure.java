package io.github.subquad.bench.compare;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers of a comparison as a person reads them. */
final class Figure {
    private static final double LEAST_P = 1e-4;
    private static final MathContext THREE_DIGITS = new MathContext(3);

    private Figure() {}

    /**
     * Such as {@code 1.203}: three decimals, fewer where there are three digits without, or more.
     */
    static String ratio(double ratio) {
        if (ratio < 0.1) {
            return new BigDecimal(ratio).round(THREE_DIGITS).toPlainString();
        }
        return String.format(
                Locale.ROOT, ratio < 10 ? "%.3f" : ratio < 100 ? "%.2f" : "%.1f", ratio);
    }

    /** Four decimals, or that it is less. */
    static String probability(double p) {
        return p < LEAST_P ? "<0.0001" : String.format(Locale.ROOT, "%.4f", p);
    }

    /** Such as {@code 5%}. */
    static String percent(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString()
                + "%";
    }
}
