package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The clock of these tests stands still but for what the calls add to it. */
class MeasurementTest {
    private static final long MILLIS = 1_000_000;

    private long now;
    private int calls;
    private final List<Integer> marks = new ArrayList<>();

    @Test
    void repetitionsAreTimedExactlyThatOften() {
        var measurement = take(new Protocol(Duration.ZERO, Duration.ofSeconds(1), 7), 10 * MILLIS);
        assertThat(measurement.samples()).hasSize(7).containsOnly(10 * MILLIS);
        assertThat(measurement.warmUpCalls()).isEqualTo(1);
        assertThat(measurement.steady()).isFalse();
        assertThat(calls).isEqualTo(8);
    }

    @Test
    void withoutRepetitionsCallsAreTimedUntilTheTimeIsSpent() {
        var protocol = new Protocol(Duration.ofSeconds(5), Duration.ofSeconds(1), null);
        var measurement = take(protocol, 300 * MILLIS);
        assertThat(measurement.samples()).hasSize(4);
        assertThat(measurement.warmUpCalls()).isEqualTo(6);
        assertThat(measurement.steady()).isTrue();
    }

    @Test
    void slowCallsAreTimedThreeTimes() {
        assertThat(take(Protocol.DEFAULT, 60_000 * MILLIS).samples()).hasSize(3);
    }

    @Test
    void fastCallsAreTimedTenThousandTimes() {
        assertThat(take(Protocol.DEFAULT, 1000).samples()).hasSize(10_000);
    }

    @Test
    void theOutputIsForgottenOnceBetweenWarmUpAndTiming() {
        var measurement = take(new Protocol(Duration.ZERO, Duration.ofSeconds(1), 3), MILLIS);
        assertThat(marks).containsExactly(measurement.warmUpCalls());
    }

    @Test
    void eachSampleIsTheDurationOfItsCall() {
        var measurement =
                Measurement.take(
                        new Protocol(Duration.ZERO, Duration.ofSeconds(1), 3),
                        () -> now,
                        () -> now += ++calls,
                        () -> now += 1000);
        assertThat(measurement.samples()).containsExactly(2L, 3L, 4L);
        assertThat(measurement.statistics().median()).isEqualTo(3);
    }

    @Test
    void protocolsThatCannotBeKeptAreRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new Protocol(second, second, 0))
                .hasMessage("repetitions: expected at least 1, got 0");
        assertThatThrownBy(() -> new Protocol(second, Duration.ZERO, null))
                .hasMessage("time: expected more than 0 seconds, got 0.0");
        assertThatThrownBy(() -> new Protocol(second.negated(), second, null))
                .hasMessage("warmUp: expected at least 0 seconds, got -1.0");
    }

    private Measurement take(Protocol protocol, long nanosOfACall) {
        Runnable call =
                () -> {
                    calls++;
                    now += nanosOfACall;
                };
        return Measurement.take(protocol, () -> now, call, () -> marks.add(calls));
    }
}
