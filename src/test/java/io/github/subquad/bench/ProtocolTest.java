package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class ProtocolTest {
    private static final long SECOND = 1_000_000_000;
    private static final Protocol TENTHS =
            new Protocol(Duration.ZERO, Duration.ofSeconds(1), 10, Protocol.Cache.WARM);

    @Test
    void aTurnTakesItsShareOfTheTime() {
        assertThat(TENTHS.endsTurn(0, 0)).isFalse();
        assertThat(TENTHS.endsTurn(7, SECOND / 10 - 1)).isFalse();
        assertThat(TENTHS.endsTurn(7, SECOND / 10)).isTrue();
        assertThat(TENTHS.endsTurn(1, 60 * SECOND)).isTrue();
    }

    @Test
    void aTurnOfFastCallsEndsAfterFifty() {
        assertThat(TENTHS.endsTurn(49, 1)).isFalse();
        assertThat(TENTHS.endsTurn(50, 1)).isTrue();
    }

    @Test
    void aRowHasAsManyTurnsAsRepetitions() {
        assertThat(TENTHS.isDone(9, SECOND)).isFalse();
        assertThat(TENTHS.isDone(10, SECOND)).isTrue();
    }

    @Test
    void aSlowRowHasFewerTurnsButThree() {
        assertThat(TENTHS.isDone(2, 60 * SECOND)).isFalse();
        assertThat(TENTHS.isDone(3, 60 * SECOND)).isTrue();
        assertThat(TENTHS.isDone(5, 10 * SECOND - 1)).isFalse();
        assertThat(TENTHS.isDone(5, 10 * SECOND)).isTrue();
    }

    @Test
    void protocolsThatCannotBeKeptAreRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new Protocol(second, second, 0, Protocol.Cache.WARM))
                .hasMessage("repetitions: expected 1 to 1000, got 0");
        assertThatThrownBy(() -> new Protocol(second, second, 1001, Protocol.Cache.WARM))
                .hasMessage("repetitions: expected 1 to 1000, got 1001");
        assertThatThrownBy(() -> new Protocol(second, Duration.ZERO, 1, Protocol.Cache.WARM))
                .hasMessage("time: expected more than 0 seconds and at most a million, got PT0S");
        assertThatThrownBy(() -> new Protocol(second.negated(), second, 1, Protocol.Cache.WARM))
                .hasMessage("warmUp: expected 0 to a million seconds, got PT-1S");
        Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
        assertThatThrownBy(() -> new Protocol(second, forever, 1, Protocol.Cache.WARM))
                .hasMessageStartingWith("time: expected more than 0 seconds and at most a million");
    }
}
