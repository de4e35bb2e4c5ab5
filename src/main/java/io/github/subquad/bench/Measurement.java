package io.github.subquad.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * How long the calls of a row took.
 *
 * @param warmUpCalls calls before those that count
 * @param steady whether the warm-up ended because the calls were steady, not because its time was
 *     spent
 * @param samples duration of each timed call in nanoseconds, in order
 */
public record Measurement(int warmUpCalls, boolean steady, List<Long> samples) {
    /** Keeps the samples as they are now. */
    public Measurement {
        samples = List.copyOf(samples);
    }

    /**
     * Warms up, then times.
     *
     * @param protocol how often
     * @param clock in nanoseconds
     * @param call what is timed
     * @param betweenWarmUpAndTiming done once, not timed
     * @return the durations
     */
    static Measurement take(
            Protocol protocol, LongSupplier clock, Runnable call, Runnable betweenWarmUpAndTiming) {
        var warmUp = new WarmUp();
        do {
            warmUp.add(time(clock, call));
        } while (!warmUp.isSteady() && warmUp.nanos() < protocol.warmUp().toNanos());
        betweenWarmUpAndTiming.run();
        List<Long> samples = new ArrayList<>();
        long total = 0;
        while (!protocol.isDone(samples.size(), total)) {
            long nanos = time(clock, call);
            samples.add(nanos);
            total += nanos;
        }
        return new Measurement(warmUp.calls(), warmUp.isSteady(), samples);
    }

    private static long time(LongSupplier clock, Runnable call) {
        long start = clock.getAsLong();
        call.run();
        return clock.getAsLong() - start;
    }

    /**
     * The samples in five numbers.
     *
     * @return quartiles and extremes
     */
    public Statistics statistics() {
        return Statistics.of(samples);
    }
}
