package io.github.subquad.bench;

import java.time.Duration;

/**
 * How often a call is made.
 *
 * @param warmUp most time for calls that are not counted, before a row's first turn; they end
 *     earlier once they are {@linkplain WarmUp steady}; one is made always
 * @param time how long the calls of a row are timed, in all its turns together; slow calls may take
 *     ten times as long before there are fewer turns
 * @param repetitions turns of each row, at least 1; slow rows may have fewer, but {@value
 *     #LEAST_TURNS}
 * @param cache what the processor's caches hold when a call begins
 */
public record Protocol(Duration warmUp, Duration time, int repetitions, Cache cache) {
    /** What the processor's caches hold when a call begins. */
    public enum Cache {
        /** What the call before left there. */
        WARM,
        /** Nothing of it: other memory was read and written in between. */
        COLD
    }

    /** Turns of a row, however slow its calls are, if as many are wanted. */
    public static final int LEAST_TURNS = 3;

    /** Turns of a row, at most. */
    public static final int MOST_REPETITIONS = 1000;

    /** Timed calls of a turn, however fast they are. */
    public static final int MOST_CALLS = 50;

    private static final int PATIENCE = 10;
    private static final Duration LONGEST = Duration.ofSeconds(1_000_000);

    /** Three seconds of warm-up at most, then ten turns that take two seconds together. */
    public static final Protocol DEFAULT =
            new Protocol(Duration.ofSeconds(3), Duration.ofSeconds(2), 10, Cache.WARM);

    /** Checks each value. */
    public Protocol {
        if (warmUp.isNegative() || warmUp.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "warmUp: expected 0 to a million seconds, got " + warmUp);
        }
        if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "time: expected more than 0 seconds and at most a million, got " + time);
        }
        if (repetitions < 1 || repetitions > MOST_REPETITIONS) {
            throw new IllegalArgumentException(
                    "repetitions: expected 1 to %d, got %d"
                            .formatted(MOST_REPETITIONS, repetitions));
        }
    }

    /**
     * Whether a turn has enough calls.
     *
     * @param calls timed in this turn
     * @param nanos that they took together
     * @return true if no further call is wanted
     */
    boolean endsTurn(int calls, long nanos) {
        return calls >= MOST_CALLS || calls >= 1 && nanos >= time.toNanos() / repetitions;
    }

    /**
     * Whether a row has enough turns.
     *
     * @param turns taken
     * @param nanos that their calls took together
     * @return true if no further turn is wanted
     */
    boolean isDone(int turns, long nanos) {
        return turns >= repetitions
                || turns >= LEAST_TURNS && nanos >= PATIENCE * (double) time.toNanos();
    }
}
