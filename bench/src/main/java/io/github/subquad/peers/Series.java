package io.github.subquad.peers;

import org.apache.commons.statistics.descriptive.Median;

import java.util.Arrays;

/**
 * The timed calls of one contestant.
 *
 * @param name whose
 * @param nanos wall time of each call, {@code [round][call]}
 */
@SuppressWarnings("ArrayRecordComponent") // raw samples, as they go to the result file
record Series(String name, long[][] nanos) {
    /** Seconds of a call: the median of the turns' medians. */
    double median() {
        return median(turns());
    }

    /** Seconds of the shortest call. */
    double best() {
        return 1e-9 * Arrays.stream(nanos).flatMapToLong(Arrays::stream).min().orElseThrow();
    }

    /** Seconds of a call in each round: the median of the turn. */
    double[] turns() {
        return Arrays.stream(nanos)
                .mapToDouble(
                        turn -> median(Arrays.stream(turn).mapToDouble(n -> 1e-9 * n).toArray()))
                .toArray();
    }

    private static double median(double[] values) {
        return Median.withDefaults().withCopy(true).evaluate(values);
    }
}
