package io.github.subquad.peers;

import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.descriptive.Quantile;

import java.util.Arrays;
import java.util.Locale;

/**
 * The timed calls of one contestant.
 *
 * @param name whose
 * @param nanos wall time of each call, {@code [round][call]}
 */
@SuppressWarnings("ArrayRecordComponent") // raw samples, as they go to the result file
record Series(String name, long[][] nanos) {
    private static final Quantile QUANTILE = Quantile.withDefaults().withCopy(true);

    /** Seconds of a call: the median of the turns' medians. */
    double median() {
        return median(turns());
    }

    /** Seconds of the shortest call. */
    double best() {
        return 1e-9 * Arrays.stream(nanos).flatMapToLong(Arrays::stream).min().orElseThrow();
    }

    /** How often this series' call fits into the other's. */
    Ratio fasterThan(Series other) {
        double[] mine = turns();
        double[] theirs = other.turns();
        double[] ratios = new double[mine.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = theirs[i] / mine[i];
        }
        return new Ratio(
                other.median() / median(),
                QUANTILE.evaluate(ratios, 0.25),
                QUANTILE.evaluate(ratios, 0.75));
    }

    private double[] turns() {
        return Arrays.stream(nanos)
                .mapToDouble(
                        turn -> median(Arrays.stream(turn).mapToDouble(n -> 1e-9 * n).toArray()))
                .toArray();
    }

    private static double median(double[] values) {
        return Median.withDefaults().withCopy(true).evaluate(values);
    }

    /**
     * A ratio of speeds.
     *
     * @param ofMedians over all rounds
     * @param lowerQuartile of the ratios of single rounds
     * @param upperQuartile of the ratios of single rounds
     */
    record Ratio(double ofMedians, double lowerQuartile, double upperQuartile) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%.2f (%.2f–%.2f)", ofMedians, lowerQuartile, upperQuartile);
        }
    }
}
