package io.github.subquad.bench;

/**
 * Tells when calls have stopped to get faster. Calls are taken in windows of at least three calls
 * and a tenth of a second; they are steady once half a second has passed and the fastest call of a
 * window beats the fastest before it by no more than 2%. The fastest, since a busy machine slows
 * calls down and speeds none up.
 */
final class WarmUp {
    private static final int WINDOW_CALLS = 3;
    private static final long WINDOW_NANOS = 100_000_000;
    private static final long LEAST_NANOS = 500_000_000;
    private static final double GAIN = 0.02;

    private int calls;
    private long nanos;
    private long fastestBefore = Long.MAX_VALUE;
    private boolean steady;

    private int windowCalls;
    private long windowNanos;
    private long windowFastest = Long.MAX_VALUE;

    /** Takes the duration of one more call. */
    void add(long callNanos) {
        calls++;
        nanos += callNanos;
        windowCalls++;
        windowNanos += callNanos;
        windowFastest = Math.min(windowFastest, callNanos);
        if (windowCalls >= WINDOW_CALLS && windowNanos >= WINDOW_NANOS) {
            steady =
                    fastestBefore < Long.MAX_VALUE
                            && nanos >= LEAST_NANOS
                            && windowFastest >= (1 - GAIN) * fastestBefore;
            fastestBefore = Math.min(fastestBefore, windowFastest);
            windowCalls = 0;
            windowNanos = 0;
            windowFastest = Long.MAX_VALUE;
        }
    }

    boolean isSteady() {
        return steady;
    }

    int calls() {
        return calls;
    }

    /** The time that all calls took together. */
    long nanos() {
        return nanos;
    }
}
