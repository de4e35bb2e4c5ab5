package io.github.subquad.bench;

import org.apache.commons.statistics.descriptive.Quantile;

import java.util.List;

/**
 * Durations in five numbers, in nanoseconds. Quartiles are the median-unbiased estimates (type 8 of
 * Hyndman and Fan).
 *
 * @param min fastest
 * @param lowerQuartile a quarter is faster
 * @param median half is faster
 * @param upperQuartile three quarters are faster
 * @param max slowest
 */
public record Statistics(
        double min, double lowerQuartile, double median, double upperQuartile, double max) {
    /**
     * Sums up some durations.
     *
     * @param nanos at least one
     * @return the five numbers
     */
    public static Statistics of(List<Long> nanos) {
        double[] samples = nanos.stream().mapToDouble(Long::doubleValue).toArray();
        double[] q = Quantile.withDefaults().evaluate(samples, 0, 0.25, 0.5, 0.75, 1);
        return new Statistics(q[0], q[1], q[2], q[3], q[4]);
    }

    /**
     * Half the interquartile range over the median: half of the calls lie about so far from it.
     *
     * @return 0 if all are alike
     */
    public double spread() {
        return (upperQuartile - lowerQuartile) / (2 * median);
    }
}
