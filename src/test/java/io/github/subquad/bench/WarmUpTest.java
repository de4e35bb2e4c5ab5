package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmUpTest {
    private static final long MILLIS = 1_000_000;

    private final WarmUp warmUp = new WarmUp();

    @Test
    void equalLongCallsAreSteadyAfterTwoWindowsOfThree() {
        add(5, 200 * MILLIS);
        assertThat(warmUp.isSteady()).isFalse();
        add(1, 200 * MILLIS);
        assertThat(warmUp.isSteady()).isTrue();
        assertThat(warmUp.calls()).isEqualTo(6);
        assertThat(warmUp.nanos()).isEqualTo(1200 * MILLIS);
    }

    @Test
    void shortCallsAreNotSteadyBeforeHalfASecond() {
        add(499, MILLIS);
        assertThat(warmUp.isSteady()).isFalse();
        add(1, MILLIS);
        assertThat(warmUp.isSteady()).isTrue();
    }

    @Test
    void callsThatGetFasterAreNotSteady() {
        for (long millis : new long[] {400, 300, 200, 150, 120, 100}) {
            add(3, millis * MILLIS);
            assertThat(warmUp.isSteady()).as("%d ms", millis).isFalse();
        }
        add(3, 99 * MILLIS); // 1% faster counts as none
        assertThat(warmUp.isSteady()).isTrue();
    }

    @Test
    void slowCallsOfABusyMachineDoNotHideThatTheFastestIsReached() {
        add(3, 200 * MILLIS);
        add(2, 900 * MILLIS);
        add(1, 200 * MILLIS);
        assertThat(warmUp.isSteady()).isTrue();
    }

    private void add(int calls, long nanos) {
        for (int i = 0; i < calls; i++) {
            warmUp.add(nanos);
        }
    }
}
