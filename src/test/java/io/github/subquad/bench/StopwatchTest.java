package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.CallTiming;

import org.junit.jupiter.api.Test;

class StopwatchTest {
    @Test
    void aCallOfTwoPassesIsToldAsOne() {
        var stopwatch = new Stopwatch();
        stopwatch.begin();
        stopwatch.timed(new CallTiming(0, 1, 20, 3, 4));
        stopwatch.timed(new CallTiming(5, 10, 30, 4, 0));
        assertThat(stopwatch.told()).isEqualTo(new CallTiming(5, 11, 50, 7, 4));
    }

    @Test
    void nothingOfAnEarlierCallIsTold() {
        var stopwatch = new Stopwatch();
        stopwatch.timed(new CallTiming(0, 1, 20, 3, 4));
        stopwatch.begin();
        assertThat(stopwatch.told()).isNull();
        stopwatch.timed(CallTiming.ZERO);
        assertThat(stopwatch.told()).isEqualTo(CallTiming.ZERO);
    }
}
