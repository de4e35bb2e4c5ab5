package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.List;

class StatisticsTest {
    @Test
    void fiveSamplesGiveTheFiveNumbersWorkedOutByHand() {
        Statistics s = Statistics.of(List.of(500L, 100L, 300L, 200L, 400L));
        assertThat(s.min()).isEqualTo(100);
        assertThat(s.median()).isEqualTo(300);
        assertThat(s.max()).isEqualTo(500);
        // Position (n + 1/3)·p + 1/3 of type 8: 1.667 and 4.333.
        assertThat(s.lowerQuartile()).isCloseTo(166.6667, within(1e-3));
        assertThat(s.upperQuartile()).isCloseTo(433.3333, within(1e-3));
        assertThat(s.spread()).isCloseTo(266.6667 / 600, within(1e-6));
    }

    @Test
    void theMedianOfAnEvenNumberLiesHalfWayBetweenTheMiddleTwo() {
        assertThat(Statistics.of(List.of(10L, 40L, 20L, 30L)).median()).isEqualTo(25);
    }

    @Test
    void oneSampleIsAllFiveNumbersAndHasNoSpread() {
        Statistics s = Statistics.of(List.of(7L));
        assertThat(s).isEqualTo(new Statistics(7, 7, 7, 7, 7));
        assertThat(s.spread()).isZero();
    }

    @Test
    void anOutlierDoesNotMoveMedianAndSpread() {
        Statistics calm = Statistics.of(List.of(100L, 101L, 102L, 103L, 104L, 105L, 106L));
        Statistics rough = Statistics.of(List.of(100L, 101L, 102L, 103L, 104L, 105L, 90_000L));
        assertThat(rough.median()).isEqualTo(calm.median());
        assertThat(rough.spread()).isEqualTo(calm.spread());
        assertThat(rough.max()).isEqualTo(90_000);
    }
}
