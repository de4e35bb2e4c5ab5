package io.github.subquad.bench;

import org.apache.commons.statistics.descriptive.Quantile;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Durations in some numbers: quartiles of type 8 of Hyndman and Fan, the default of Commons
 * Statistics, and a 95% confidence interval of the median.
 *
 * <p>The interval is that of the sign test: it lies between two order statistics and assumes
 * nothing of the distribution. Of n samples in order, those at ranks k and n + 1 − k, counted from
 * 1, with the greatest k for which 2·P(B ≤ k − 1) ≤ 5%, B binomial of n and ½. Fewer than six
 * samples have none.
 *
 * @param samples how many
 * @param min the shortest
 * @param lowerQuartile a quarter is shorter
 * @param median half are shorter
 * @param upperQuartile three quarters are shorter
 * @param max the longest
 * @param medianLow lower end of the median's interval; null for fewer than six samples
 * @param medianHigh upper end
 */
public record Statistics(
        int samples,
        double min,
        double lowerQuartile,
        double median,
        double upperQuartile,
        double max,
        @Nullable Double medianLow,
        @Nullable Double medianHigh) {
    private static final double DOUBT = 0.05;

    /**
     * Sums up some numbers.
     *
     * @param samples at least one, at most a thousand
     * @return the statistics
     */
    public static Statistics of(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        double[] q = Quantile.withDefaults().evaluate(sorted, 0, 0.25, 0.5, 0.75, 1);
        int n = sorted.length;
        int rank = lowerRank(n);
        return new Statistics(
                n,
                q[0],
                q[1],
                q[2],
                q[3],
                q[4],
                rank == 0 ? null : sorted[rank - 1],
                rank == 0 ? null : sorted[n - rank]);
    }

    /** The greatest k with 2·P(B ≤ k − 1) ≤ 5%; 0 if there is none. */
    private static int lowerRank(int n) {
        double probability = Math.pow(0.5, n); // of B = 0
        double below = probability;
        int rank = 0;
        while (2 * below <= DOUBT) {
            rank++;
            probability *= (double) (n - rank + 1) / rank;
            below += probability;
        }
        return rank;
    }

    /**
     * Half the width of the median's interval over the median.
     *
     * @return null for fewer than six samples
     */
    public @Nullable Double uncertainty() {
        return medianLow == null || medianHigh == null
                ? null
                : (medianHigh - medianLow) / (2 * median);
    }
}
