package io.github.subquad.peers;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs contestants turn about: A B C, A B C, … A machine that is shared, or whose clock moves, is
 * slow for minutes and fast for minutes; neighbours in a round meet the same minute, so their ratio
 * means something where their figures do not.
 */
final class Rounds {
    /** Between turns, so that no thread of the last contestant still spins during the next. */
    private static final int SLEEP_MILLIS = 25;

    private static final long WARM_UP_NANOS = 1_500_000_000L;
    private static final int WARM_UP_CALLS = 3;

    /** A turn of short calls goes on for about this long; a turn of long ones is one call. */
    private static final long TURN_NANOS = 50_000_000L;

    private static final int MOST_CALLS = 200;

    private Rounds() {}

    /** Something whose calls are timed. */
    record Contestant(String name, Runnable call) {}

    /**
     * Warms each contestant up, then takes rounds.
     *
     * @param contestants in the order of their turns
     * @param rounds at least 1
     * @return one series a contestant, in their order
     */
    static List<Series> run(List<Contestant> contestants, int rounds) {
        List<Series> series = new ArrayList<>();
        for (Contestant contestant : contestants) {
            long shortest = warmUp(contestant.call);
            int calls = Math.clamp(Math.ceilDiv(TURN_NANOS, shortest), 1, MOST_CALLS);
            series.add(new Series(contestant.name, new long[rounds][calls]));
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < contestants.size(); i++) {
                sleep();
                takeTurn(contestants.get(i).call, series.get(i).nanos()[round]);
            }
        }
        return series;
    }

    /** The shortest call of the warm-up. */
    private static long warmUp(Runnable call) {
        long shortest = Long.MAX_VALUE;
        long end = System.nanoTime() + WARM_UP_NANOS;
        for (int i = 0; i < WARM_UP_CALLS || System.nanoTime() < end; i++) {
            shortest = Math.min(shortest, time(call));
        }
        return shortest;
    }

    private static void takeTurn(Runnable call, long[] nanos) {
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = time(call);
        }
    }

    private static long time(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return System.nanoTime() - start;
    }

    private static void sleep() {
        try {
            Thread.sleep(SLEEP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
