package io.github.subquad.bench;

import org.apache.commons.statistics.descriptive.Median;

import java.util.Arrays;

/**
 * Samples that lie far from the others by the modified z-score of Iglewicz and Hoaglin, "How to
 * Detect and Handle Outliers" (1993): 0.6745·|x − median| / MAD above 3.5, MAD the median of the
 * absolute deviations.
 */
final class Outliers {
    private static final double FACTOR = 0.6745;
    private static final double FAR = 3.5;

    private Outliers() {}

    /**
     * How many there are.
     *
     * @param samples at least one
     * @return those above the limit; 0 where more than half of the samples are equal
     */
    static int count(double[] samples) {
        Median median = Median.withDefaults().withCopy(true);
        double middle = median.evaluate(samples);
        double[] deviations = Arrays.stream(samples).map(x -> Math.abs(x - middle)).toArray();
        double typical = median.evaluate(deviations);
        if (typical == 0) {
            return 0;
        }
        return (int) Arrays.stream(deviations).filter(d -> FACTOR * d / typical > FAR).count();
    }
}
