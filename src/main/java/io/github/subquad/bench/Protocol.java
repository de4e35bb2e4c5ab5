package io.github.subquad.bench;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * How often a call is made.
 *
 * @param warmUp most time for calls that are not counted; they end earlier once they are
 *     {@linkplain WarmUp steady}; one is made always
 * @param time how long calls are timed, at least {@value #LEAST_CALLS} and at most {@value
 *     #MOST_CALLS} of them
 * @param repetitions how many calls are timed instead; not given: as many as {@code time} says
 */
public record Protocol(Duration warmUp, Duration time, @Nullable Integer repetitions) {
    /** Timed calls of a row, however slow they are. */
    public static final int LEAST_CALLS = 3;

    /** Timed calls of a row, however fast they are. */
    public static final int MOST_CALLS = 10_000;

    /** Three seconds of warm-up at most, then two seconds of timed calls. */
    public static final Protocol DEFAULT =
            new Protocol(Duration.ofSeconds(3), Duration.ofSeconds(2), null);

    /** Checks each value. */
    public Protocol {
        if (warmUp.isNegative()) {
            throw new IllegalArgumentException(
                    "warmUp: expected at least 0 seconds, got " + seconds(warmUp));
        }
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(
                    "time: expected more than 0 seconds, got " + seconds(time));
        }
        if (repetitions != null && repetitions < 1) {
            throw new IllegalArgumentException(
                    "repetitions: expected at least 1, got " + repetitions);
        }
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /**
     * Whether enough calls were timed.
     *
     * @param calls timed so far
     * @param nanos that they took together
     * @return true if no further call is wanted
     */
    boolean isDone(int calls, long nanos) {
        return repetitions != null
                ? calls >= repetitions
                : calls >= MOST_CALLS || calls >= LEAST_CALLS && nanos >= time.toNanos();
    }
}
