package io.github.subquad.bench.compare;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Many tests at once: S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure",
 * Scandinavian Journal of Statistics 6 (1979). The probability that any true hypothesis is rejected
 * stays below the level, however the tests depend on each other.
 */
final class Holm {
    private Holm() {}

    /**
     * Corrected p-values, to be held against the level that one test would have.
     *
     * @param p of each test, 0 to 1
     * @return in the same order: the i-th smallest of n, counted from 0, times n − i, but not below
     *     the one before, nor above 1
     */
    static double[] correct(double[] p) {
        int[] ascending =
                IntStream.range(0, p.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> p[i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] corrected = new double[p.length];
        double before = 0;
        for (int i = 0; i < p.length; i++) {
            before = Math.max(before, Math.min(1, p[ascending[i]] * (p.length - i)));
            corrected[ascending[i]] = before;
        }
        return corrected;
    }
}
