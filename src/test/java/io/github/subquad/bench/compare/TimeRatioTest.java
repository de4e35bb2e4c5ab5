package io.github.subquad.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;

class TimeRatioTest {
    /** Permeability of the human chorioamnion at term, Hollander and Wolfe, section 4.1. */
    private static final double[] AT_TERM = {
        0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46
    };

    /** The same at 12 to 26 weeks. */
    private static final double[] BEFORE = {1.15, 0.88, 0.90, 0.74, 1.21};

    /**
     * Of the differences Hollander and Wolfe, sections 4.2 and 4.3, give the estimate 0.305 and the
     * 96% interval from −0.15 to 0.76, the narrowest of at least 95%, both with the opposite sign;
     * R's wilcox.test gives W = 35 and a two-sided p of 0.2544. Quotients of exponentials are
     * exponentials of differences.
     */
    @Test
    void theExampleOfHollanderAndWolfeComesOutAsPrinted() {
        TimeRatio ratio = TimeRatio.of(exponentials(AT_TERM), exponentials(BEFORE));
        assertThat(Math.log(ratio.estimate())).isCloseTo(0.305, within(1e-12));
        assertThat(Math.log(low(ratio))).isCloseTo(-0.15, within(1e-12));
        assertThat(Math.log(high(ratio))).isCloseTo(0.76, within(1e-12));
        assertThat(ratio.p()).isCloseTo(0.2544122544, within(1e-9));
    }

    /** The other way round everything is turned round. */
    @Test
    void changingPlacesInvertsTheRatio() {
        TimeRatio there = TimeRatio.of(exponentials(AT_TERM), exponentials(BEFORE));
        TimeRatio back = TimeRatio.of(exponentials(BEFORE), exponentials(AT_TERM));
        assertThat(back.estimate()).isCloseTo(1 / there.estimate(), within(1e-12));
        assertThat(back.low()).isCloseTo(1 / high(there), within(1e-12));
        assertThat(back.high()).isCloseTo(1 / low(there), within(1e-12));
        assertThat(back.p()).isCloseTo(there.p(), within(1e-12));
    }

    /** R: wilcox.test(x, y, exact = FALSE, correct = TRUE), p = 0.08388. */
    @Test
    void tiesAreTestedByTheNormalDistribution() {
        TimeRatio ratio =
                TimeRatio.of(new double[] {1, 2, 2, 3, 5, 8}, new double[] {2, 4, 5, 7, 9, 9, 11});
        assertThat(ratio.p()).isCloseTo(0.0838822238, within(1e-9));
    }

    @Test
    void samplesWithoutOverlapHaveTheLeastPThereIs() {
        double[] fast = {100, 101, 102, 103};
        double[] slow = {200, 201, 202, 203};
        TimeRatio ratio = TimeRatio.of(slow, fast);
        assertThat(ratio.p()).isCloseTo(2 / 70., within(1e-15));
        assertThat(ratio.estimate()).isBetween(1.95, 2.0);
        assertThat(ratio.low()).isEqualTo(200 / 103.);
        assertThat(ratio.high()).isEqualTo(203 / 100.);
        assertThat(ratio.slowdown()).isBetween(-0.5, -0.48);
    }

    @Test
    void threeAgainstThreeHaveNoInterval() {
        TimeRatio ratio = TimeRatio.of(new double[] {3, 1, 2}, new double[] {6, 5, 4});
        assertThat(ratio.low()).isNull();
        assertThat(ratio.high()).isNull();
        assertThat(ratio.p()).isCloseTo(0.1, within(1e-15));
    }

    @Test
    void oneAndTheSameValueShowsNothing() {
        TimeRatio ratio = TimeRatio.of(new double[] {7, 7, 7, 7}, new double[] {7, 7, 7, 7});
        assertThat(ratio).isEqualTo(new TimeRatio(1, 1., 1., 1));
    }

    @Test
    void theLongestDurationsDoNotOverflow() {
        double most = 0x1p53;
        TimeRatio ratio = TimeRatio.of(new double[] {most, most}, new double[] {1, 1});
        assertThat(ratio.estimate()).isCloseTo(most, within(2.));
    }

    /**
     * Of 400 pairs of samples that differ by a factor of 1.1, the interval misses it in about 4%:
     * 5% at most by its definition, so 34 or more would be an accident of three deviations.
     */
    @Test
    void theIntervalHoldsTheTrueRatioAsOftenAsItSays() {
        var random = new SplittableRandom(1);
        int missed = 0;
        for (int i = 0; i < 400; i++) {
            TimeRatio ratio = TimeRatio.of(sample(random, 1.1), sample(random, 1));
            if (low(ratio) > 1.1 || high(ratio) < 1.1) {
                missed++;
            }
        }
        assertThat(missed).isBetween(4, 33);
    }

    private static double low(TimeRatio ratio) {
        return Objects.requireNonNull(ratio.low());
    }

    private static double high(TimeRatio ratio) {
        return Objects.requireNonNull(ratio.high());
    }

    private static double[] sample(SplittableRandom random, double factor) {
        return random.doubles(10).map(u -> factor * (1 + 0.2 * u * u)).toArray();
    }

    private static double[] exponentials(double[] values) {
        return Arrays.stream(values).map(Math::exp).toArray();
    }
}
