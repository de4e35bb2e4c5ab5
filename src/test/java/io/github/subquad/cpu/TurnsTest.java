package io.github.subquad.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

@Timeout(60) // a turn that never comes would hang
class TurnsTest {
    @Test
    void contributionsAreMadeInTheOrderOfTheirNumbers() throws Exception {
        var turns = new Turns(2);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        try (var pool = Executors.newFixedThreadPool(4)) {
            List<Callable<Boolean>> late = new ArrayList<>();
            for (int turn = 3; turn >= 0; turn--) {
                int own = turn;
                late.add(
                        () -> {
                            boolean came = turns.await(1, own);
                            order.add(own);
                            turns.pass(1);
                            return came;
                        });
            }
            for (Future<Boolean> came : pool.invokeAll(late)) {
                assertThat(came.get()).isTrue();
            }
        }
        assertThat(order).containsExactly(0, 1, 2, 3);
        assertThat(turns.await(0, 0)).as("the other sum is where it was").isTrue();
    }

    @Test
    void nobodyWaitsForATurnThatWasAbandoned() throws Exception {
        var turns = new Turns(1);
        try (var pool = Executors.newFixedThreadPool(1)) {
            Future<Boolean> waiting = pool.submit(() -> turns.await(0, 1));
            turns.abandon();
            assertThat(waiting.get()).isFalse();
        }
    }
}
