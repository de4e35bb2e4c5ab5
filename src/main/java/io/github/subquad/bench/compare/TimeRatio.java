package io.github.subquad.bench.compare;

import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * How many times as fast one sample of durations is as another.
 *
 * <p>The estimate is the median of all quotients of a duration of the base by one of the other:
 * that of Hodges and Lehmann for the shift between the logarithms. Its interval lies between two of
 * those quotients and assumes nothing of the distributions but that they are alike up to a factor;
 * it leaves out 1 where the test without ties finds p below 5%. Formulas: M. Hollander, D. A.
 * Wolfe, E. Chicken, "Nonparametric Statistical Methods", 3rd edition (2014), sections 4.1 to 4.3;
 * R's {@code wilcox.test} computes the same.
 *
 * @param estimate above 1 where the other is faster
 * @param low lower end of the 95% confidence interval; null where the samples are too small for one
 * @param high upper end
 * @param p of the Mann-Whitney U test, two-sided: exact up to 50 durations without ties, else
 *     normal with corrections for continuity and ties
 */
public record TimeRatio(double estimate, @Nullable Double low, @Nullable Double high, double p) {
    /**
     * Compares two samples.
     *
     * @param base durations above 0, 1 to 1000 of them
     * @param other durations above 0, 1 to 1000 of them
     * @return the ratio
     */
    public static TimeRatio of(double[] base, double[] other) {
        double[] quotients = new double[base.length * other.length];
        for (int i = 0; i < quotients.length; i++) {
            quotients[i] = base[i / other.length] / other[i % other.length];
        }
        Arrays.sort(quotients);
        int last = quotients.length - 1;
        int rank = NullDistribution.lowerRank(base.length, other.length);
        return new TimeRatio(
                Math.sqrt(quotients[last / 2]) * Math.sqrt(quotients[last - last / 2]),
                rank == 0 ? null : quotients[rank - 1],
                rank == 0 ? null : quotients[last + 1 - rank],
                test(base, other));
    }

    /** Two samples of one and the same value have no rank to test. */
    private static double test(double[] base, double[] other) {
        double p = MannWhitneyUTest.withDefaults().test(base, other).getPValue();
        return Double.isNaN(p) ? 1 : p;
    }

    /**
     * By how much more time the other takes.
     *
     * @return 0.05 where it takes 5% more, below 0 where it takes less
     */
    double slowdown() {
        return 1 / estimate - 1;
    }
}
