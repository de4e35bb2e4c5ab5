package io.github.subquad.bench.compare;

/**
 * The distribution of Mann and Whitney's U, the number of pairs in which the first sample is the
 * greater, where both samples come from one continuous distribution: H. B. Mann, D. R. Whitney, "On
 * a Test of Whether one of Two Random Variables is Stochastically Larger than the Other", Annals of
 * Mathematical Statistics 18 (1947), section 4.
 */
final class NullDistribution {
    private static final double TAIL = 0.025;

    /** A normal variable exceeds it with a probability of {@link #TAIL}. */
    private static final double NORMAL_QUANTILE = 1.959964;

    /** Up to so many pairs the exact distribution takes milliseconds. */
    private static final long MOST_PAIRS = 5000;

    private NullDistribution() {}

    /**
     * Where a 95% confidence interval begins among all quotients of two samples in order, counted
     * from 1; it ends as far from the last.
     *
     * @param m size of a sample, at least 1
     * @param n size of the other, at least 1
     * @return the greatest k with P(U ≤ k − 1) ≤ 2.5%; 0 if the samples are too small
     */
    static int lowerRank(int m, int n) {
        long pairs = (long) m * n;
        if (pairs > MOST_PAIRS) {
            double deviation = Math.sqrt(pairs * (m + n + 1.0) / 12);
            return (int) Math.floor(pairs / 2.0 - NORMAL_QUANTILE * deviation + 0.5);
        }
        double[] probability = probabilities(Math.min(m, n), Math.max(m, n));
        int rank = 0;
        double below = probability[0];
        while (below <= TAIL) {
            rank++;
            below += probability[rank];
        }
        return rank;
    }

    /**
     * P(U = u) for every u from 0 to m·n. The greatest of all i + j values belongs to the first
     * sample with probability i/(i + j), and then it exceeds j others; without it, i − 1 values are
     * left of the first sample. Else j − 1 are left of the second.
     */
    static double[] probabilities(int m, int n) {
        double[][] byFirst = new double[m + 1][m * n + 1];
        for (double[] none : byFirst) {
            none[0] = 1; // no value in the second sample: no pair
        }
        for (int j = 1; j <= n; j++) {
            for (int i = 1; i <= m; i++) {
                double share = (double) i / (i + j);
                for (int u = i * j; u >= 0; u--) {
                    double greatest = u < j ? 0 : byFirst[i - 1][u - j];
                    byFirst[i][u] = share * greatest + (1 - share) * byFirst[i][u];
                }
            }
        }
        return byFirst[m];
    }
}
