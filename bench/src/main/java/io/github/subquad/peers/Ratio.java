package io.github.subquad.peers;

import org.apache.commons.statistics.descriptive.Quantile;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * How much faster one contestant is than the best of some others. Where other work slows whole
 * rounds, the medians of two contestants may come from different minutes; the ratios within rounds
 * compare neighbours.
 *
 * @param ofMedians the ratio of medians over all rounds
 * @param median of the rounds' own ratios, each against the best of the others in that round
 * @param lowerQuartile of the rounds' own ratios
 * @param upperQuartile of the rounds' own ratios
 */
record Ratio(double ofMedians, double median, double lowerQuartile, double upperQuartile) {
    static Ratio of(Series mine, List<Series> others) {
        double best =
                others.stream()
                        .min(Comparator.comparingDouble(Series::median))
                        .orElseThrow()
                        .median();
        double[] ratios = mine.turns();
        List<double[]> turns = others.stream().map(Series::turns).toList();
        for (int i = 0; i < ratios.length; i++) {
            int round = i;
            double fastest = turns.stream().mapToDouble(t -> t[round]).min().orElseThrow();
            ratios[i] = fastest / ratios[i];
        }
        double[] quartiles = Quantile.withDefaults().evaluate(ratios, 0.25, 0.5, 0.75);
        return new Ratio(best / mine.median(), quartiles[1], quartiles[0], quartiles[2]);
    }

    /** Of medians, then that of the rounds with its quartiles. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.2f, %.2f (%.2f–%.2f)",
                ofMedians,
                median,
                lowerQuartile,
                upperQuartile);
    }
}
