package io.github.subquad.cpu;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Who may add to a shared sum next: contributions are numbered, and each waits until all before it
 * have been added, so that a sum has the same bits whichever threads add. Waiting is short, since
 * tasks follow each other through the sums in one order.
 */
final class Turns {
    /** Sums there may be. */
    static final long MOST = Integer.MAX_VALUE - 8;

    private static final int SPINS = 1000;
    private static final long NAP_NANOS = 20_000;

    private final AtomicIntegerArray next;
    private volatile boolean abandoned;

    Turns(int sums) {
        next = new AtomicIntegerArray(sums);
    }

    static long bytes(long sums) {
        return Integer.BYTES * sums;
    }

    long bytes() {
        return bytes(next.length());
    }

    /**
     * Waits for a turn.
     *
     * @return false if it will never come, since another thread has failed
     */
    boolean await(int sum, int turn) {
        for (int spins = 0; next.get(sum) != turn; spins++) {
            if (abandoned) {
                return false;
            }
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(NAP_NANOS);
            }
        }
        return true;
    }

    /** Ends a turn that has come. */
    void pass(int sum) {
        next.incrementAndGet(sum);
    }

    /** A contribution will not be made: nobody waits any longer. */
    void abandon() {
        abandoned = true;
    }
}
