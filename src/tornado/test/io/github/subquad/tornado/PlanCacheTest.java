package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** What is kept, what goes, and who waits. */
class PlanCacheTest {
    private final List<Integer> made = new ArrayList<>();
    private final List<Integer> closed = new ArrayList<>();

    /** A program of as many bytes as its number; those above 100 fail when they are closed. */
    private record Numbered(int number, List<Integer> closed) implements PlanCache.Entry {
        @Override
        public long bytes() {
            return number;
        }

        @Override
        public void close() {
            closed.add(number);
            if (number > 100) {
                throw new IllegalStateException("cannot be freed");
            }
        }
    }

    private PlanCache<Integer, Numbered> cache(long mostBytes) {
        return new PlanCache<>(
                number -> {
                    made.add(number);
                    return new Numbered(number, closed);
                },
                mostBytes);
    }

    private static void use(PlanCache<Integer, Numbered> cache, int number) {
        cache.giveBack(number, cache.borrow(number, number));
    }

    @Test
    void whatIsThereIsNotMadeAgain() {
        var cache = cache(1000);
        use(cache, 1);
        use(cache, 1);
        assertThat(made).containsExactly(1);
    }

    @Test
    void theLeastRecentlyUsedGoesFirstOnceThereAreNine() {
        var cache = cache(1000);
        for (int i = 1; i <= 8; i++) {
            use(cache, i);
        }
        use(cache, 1);
        use(cache, 9);
        assertThat(closed).containsExactly(2);
    }

    @Test
    void thoseAtRestMakeRoomForTheOneAtWork() {
        var cache = cache(10);
        use(cache, 3);
        use(cache, 4);
        use(cache, 5);
        assertThat(closed).as("3 + 4 + 5 > 10").containsExactly(3);
        use(cache, 10);
        assertThat(closed).containsExactly(3, 4, 5);
    }

    @Test
    void whatIsLentIsHeldBesideWhatRests() {
        var cache = cache(10);
        use(cache, 3);
        Numbered lent = cache.borrow(4, 4);
        assertThat(cache.heldBytes()).isEqualTo(7);
        cache.discard(4, lent);
        assertThat(cache.heldBytes()).isEqualTo(3);
        use(cache, 8);
        assertThat(cache.heldBytes()).as("3 had to go").isEqualTo(8);
        use(cache, 8);
        assertThat(cache.peakBytes()).isEqualTo(8);
        cache.clear();
        assertThat(cache.heldBytes()).isZero();
        assertThat(cache.peakBytes()).isEqualTo(8);
    }

    @Test
    void twoAtWorkMayHoldMoreThanThoseAtRestMay() {
        var cache = cache(10);
        Numbered one = cache.borrow(6, 6);
        Numbered other = cache.borrow(7, 7);
        assertThat(cache.heldBytes()).isEqualTo(13);
        cache.giveBack(6, one);
        cache.giveBack(7, other);
        assertThat(cache.heldBytes()).isEqualTo(7);
        assertThat(cache.peakBytes()).isEqualTo(13);
    }

    @Test
    void whatCallsHoldBesidesMakesProgramsGo() {
        var cache = cache(10);
        use(cache, 3);
        use(cache, 4);
        cache.hold(5);
        assertThat(closed).as("3 + 4 + 5 > 10").containsExactly(3);
        assertThat(cache.heldBytes()).isEqualTo(9);
        use(cache, 5);
        assertThat(closed).containsExactly(3, 4);
        cache.hold(-5);
        assertThat(cache.heldBytes()).isEqualTo(5);
        assertThat(cache.peakBytes()).isEqualTo(10);
        assertThat(cache.peakProgramBytes()).isEqualTo(7);
    }

    @Test
    void aProgramThatCannotBeFreedHindersNobody() {
        var cache = cache(250);
        use(cache, 101);
        use(cache, 102);
        use(cache, 103);
        assertThat(closed).containsExactly(101);
        assertThat(cache.clear()).isTrue();
        assertThat(cache.clear()).as("nothing left").isFalse();
        assertThat(closed).containsExactly(101, 102, 103);
        cache.discard(104, cache.borrow(104, 104));
        use(cache, 104);
        assertThat(made).endsWith(104, 104);
    }

    @Test
    void whatCannotBeMadeIsTriedAgain() {
        var failures = new ArrayList<>(List.of(new IllegalStateException("no")));
        var cache =
                new PlanCache<Integer, Numbered>(
                        number -> {
                            if (!failures.isEmpty()) {
                                throw failures.removeFirst();
                            }
                            return new Numbered(number, closed);
                        },
                        1000);
        assertThatThrownBy(() -> cache.borrow(1, 1)).hasMessage("no");
        use(cache, 1);
    }

    @Test
    void whatIsLentIsWaitedForAndAnInterruptEndsTheWaiting() throws Exception {
        var cache = cache(1000);
        Numbered lent = cache.borrow(1, 1);
        var thread = new Thread[1];
        var started = new CountDownLatch(1);
        try (var pool = Executors.newSingleThreadExecutor()) {
            var waiting =
                    pool.submit(
                            () -> {
                                thread[0] = Thread.currentThread();
                                started.countDown();
                                return cache.borrow(1, 1);
                            });
            started.await();
            thread[0].interrupt();
            assertThatThrownBy(waiting::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(CancellationException.class);
            var patient = pool.submit(() -> cache.borrow(1, 1));
            cache.giveBack(1, lent);
            assertThat(patient.get()).isSameAs(lent);
        }
    }

    @Test
    void aClosedCacheLendsNothingAndClosesWhatComesBack() {
        var cache = cache(1000);
        use(cache, 1);
        Numbered lent = cache.borrow(2, 2);
        cache.close();
        assertThat(closed).containsExactly(1);
        assertThatThrownBy(() -> cache.borrow(3, 3)).hasMessageContaining("closed");
        cache.giveBack(2, lent);
        assertThat(closed).containsExactly(1, 2);
    }
}
