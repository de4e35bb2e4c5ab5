package io.github.subquad.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.List;

class SeriesTest {
    private static final Series FAST =
            new Series("fast", new long[][] {{10, 30, 20}, {10, 10, 100}, {50, 40, 30}});
    private static final Series SLOW = new Series("slow", new long[][] {{40}, {40}, {40}});

    @Test
    void medianIsThatOfTheTurnsMedians() {
        assertThat(FAST.median()).isCloseTo(20e-9, within(1e-15));
    }

    @Test
    void bestIsTheShortestCall() {
        assertThat(FAST.best()).isCloseTo(10e-9, within(1e-15));
    }

    @Test
    void ratioIsThatOfTheMediansAndItsSpreadThatOfTheRounds() {
        var ratio = Ratio.of(FAST, List.of(SLOW));

        assertThat(ratio.ofMedians()).isCloseTo(2, within(1e-9));
        // The rounds' own ratios are 2, 4 and 1.
        assertThat(ratio.median()).isCloseTo(2, within(1e-9));
        assertThat(ratio.lowerQuartile()).isBetween(1.0, 2.0);
        assertThat(ratio.upperQuartile()).isBetween(2.0, 4.0);
    }

    @Test
    void eachRoundIsHeldAgainstItsFastest() {
        var other = new Series("other", new long[][] {{80}, {20}, {80}});

        var ratio = Ratio.of(FAST, List.of(SLOW, other));

        // Fastest of the others: 40, 20, 40; by the medians it is the one with 40.
        assertThat(ratio.ofMedians()).isCloseTo(2, within(1e-9));
        assertThat(ratio.median()).isCloseTo(2, within(1e-9));
        assertThat(ratio.upperQuartile()).isCloseTo(2, within(1e-9));
    }
}
