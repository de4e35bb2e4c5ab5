package io.github.subquad.bench.machine;

import io.github.subquad.RoofProbe;

import org.apache.commons.statistics.descriptive.Median;

import java.util.Collections;
import java.util.List;

/**
 * What a device was measured to do at most: no computation on it can be faster than {@link
 * #attainableGflops} says. Measured, not from a data sheet, so it moves with the machine's clock
 * and its other work.
 *
 * @param device its address, such as {@code cpu:0}
 * @param threads host threads that worked together
 * @param repetitions runs of each kernel, at least 1
 * @param fmaGflops float32 multiply-adds in registers, two operations each, in GFLOP/s
 * @param copyGigabytesPerSecond bytes read and written by a copy, in 10⁹ bytes a second
 * @param readGigabytesPerSecond bytes read by a sum, in 10⁹ bytes a second
 * @param roundTripNanos the least piece of work, from the host and back, in nanoseconds
 */
public record Roof(
        String device,
        int threads,
        int repetitions,
        Figure fmaGflops,
        Figure copyGigabytesPerSecond,
        Figure readGigabytesPerSecond,
        Figure roundTripNanos) {
    /**
     * A quantity over some runs.
     *
     * @param median half of the runs were better
     * @param best greatest rate or shortest time
     * @param samples of each run, in order
     */
    public record Figure(double median, double best, List<Double> samples) {
        /** Keeps a list of its own. */
        public Figure {
            samples = List.copyOf(samples);
        }

        static Figure ofRates(List<Double> samples) {
            return new Figure(median(samples), Collections.max(samples), samples);
        }

        static Figure ofTimes(List<Double> samples) {
            return new Figure(median(samples), Collections.min(samples), samples);
        }

        private static double median(List<Double> samples) {
            return Median.withDefaults()
                    .evaluate(samples.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    /**
     * Runs every kernel of a probe, once for warm-up and then so many times.
     *
     * @param probe stays open
     * @param repetitions at least 1
     * @return what it reached
     * @throws IllegalArgumentException if {@code repetitions} is out of range
     */
    public static Roof measure(RoofProbe probe, int repetitions) {
        if (repetitions < 1) {
            throw new IllegalArgumentException(
                    "repetitions: expected at least 1, got " + repetitions);
        }
        new RoofSamples().sample(probe);
        var samples = new RoofSamples();
        for (int i = 0; i < repetitions; i++) {
            samples.sample(probe);
        }
        return samples.roof();
    }

    /**
     * From where on arithmetic limits, not memory.
     *
     * @return floating-point operations a byte, by the best runs
     */
    public double ridge() {
        return fmaGflops.best / readGigabytesPerSecond.best;
    }

    /**
     * The roof over a computation, of the best runs: the peak, or what memory can feed.
     *
     * @param flopsPerByte floating-point operations for each byte that it must read, above 0
     * @return GFLOP/s that it cannot exceed
     */
    public double attainableGflops(double flopsPerByte) {
        return Math.min(fmaGflops.best, flopsPerByte * readGigabytesPerSecond.best);
    }
}
