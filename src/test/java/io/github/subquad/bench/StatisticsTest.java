package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.stream.IntStream;

class StatisticsTest {
    @Test
    void fiveSamplesGiveTheFiveNumbersWorkedOutByHand() {
        Statistics s = Statistics.of(new double[] {500, 100, 300, 200, 400});
        assertThat(s.min()).isEqualTo(100);
        assertThat(s.median()).isEqualTo(300);
        assertThat(s.max()).isEqualTo(500);
        // Position (n + 1/3)·p + 1/3 of type 8: 1.667 and 4.333.
        assertThat(s.lowerQuartile()).isCloseTo(166.6667, within(1e-3));
        assertThat(s.upperQuartile()).isCloseTo(433.3333, within(1e-3));
    }

    @Test
    void theMedianOfAnEvenNumberLiesHalfWayBetweenTheMiddleTwo() {
        assertThat(Statistics.of(new double[] {10, 40, 20, 30}).median()).isEqualTo(25);
    }

    /** For n = 9 and k = 2, 2·P(B ≤ 1) = 2·10/512 = 3.9%; for n = 8, 2·9/256 = 7.0%. */
    @ParameterizedTest(name = "of {0} samples those at {1} and {2}")
    @CsvSource({
        "6, 1, 6",
        "8, 1, 8",
        "9, 2, 8",
        "10, 2, 9",
        "20, 6, 15",
        "25, 8, 18",
        "100, 40, 61"
    })
    void theIntervalOfTheMedianLiesBetweenTheOrderStatisticsOfTheSignTest(
            int samples, double low, double high) {
        double[] ranks = IntStream.rangeClosed(1, samples).asDoubleStream().toArray();
        Statistics s = Statistics.of(ranks);
        assertThat(s.medianLow()).isEqualTo(low);
        assertThat(s.medianHigh()).isEqualTo(high);
    }

    @ParameterizedTest
    @CsvSource({"1", "3", "5"})
    void fewerThanSixSamplesHaveNoInterval(int samples) {
        Statistics s = Statistics.of(IntStream.range(1, samples + 1).asDoubleStream().toArray());
        assertThat(s.medianLow()).isNull();
        assertThat(s.medianHigh()).isNull();
        assertThat(s.uncertainty()).isNull();
    }

    @Test
    void aThousandSamplesDoNotUnderflow() {
        Statistics s = Statistics.of(IntStream.range(0, 1000).asDoubleStream().toArray());
        // 500 - 1.96 · √1000 / 2 = 469: the normal approximation of the rank.
        assertThat(s.medianLow()).isCloseTo(468, within(1.0));
        assertThat(s.medianHigh()).isCloseTo(531, within(1.0));
    }

    @Test
    void uncertaintyIsHalfTheIntervalOverTheMedian() {
        Statistics s = Statistics.of(new double[] {90, 95, 100, 100, 105, 110});
        assertThat(s.uncertainty()).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void anOutlierMovesNeitherMedianNorInterval() {
        double[] calm = {100, 101, 102, 103, 104, 105, 106, 107, 108};
        double[] rough = {100, 101, 102, 103, 104, 105, 106, 107, 90_000};
        assertThat(Statistics.of(rough).medianHigh()).isEqualTo(Statistics.of(calm).medianHigh());
        assertThat(Statistics.of(rough).max()).isEqualTo(90_000);
    }

    @Test
    void outliersAreCountedByTheModifiedZScore() {
        // Median 10, absolute deviations 0 0 0.1 0.1 0.2 and that of the last; MAD 0.1.
        // 0.6745 · 0.5 / 0.1 = 3.37 and 0.6745 · 0.6 / 0.1 = 4.05, about 3.5.
        assertThat(Outliers.count(new double[] {10, 10, 9.9, 10.1, 10.2, 9.8, 10.5})).isZero();
        assertThat(Outliers.count(new double[] {10, 10, 9.9, 10.1, 10.2, 9.8, 10.6})).isOne();
        assertThat(Outliers.count(new double[] {5, 5, 5, 5, 9})).isZero();
        assertThat(Outliers.count(new double[] {5})).isZero();
    }
}
