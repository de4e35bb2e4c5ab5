package io.github.subquad.bench.machine;

import io.github.subquad.RoofProbe;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * A roof in the making: sampled between the repetitions of a benchmark, so that both see the same
 * machine. The first sample of a probe compiles its kernels; it belongs to the warm-up, in samples
 * that are thrown away.
 */
public final class RoofSamples {
    private final List<Double> fma = new ArrayList<>();
    private final List<Double> copy = new ArrayList<>();
    private final List<Double> read = new ArrayList<>();
    private final List<Double> roundTrip = new ArrayList<>();
    private @Nullable String device;
    private int threads;

    /** Nothing sampled yet. */
    public RoofSamples() {}

    /**
     * Whether two probes would measure the same thing.
     *
     * @param a one
     * @param b the other
     * @return true if device and threads are the same
     */
    public static boolean areAlike(RoofProbe a, RoofProbe b) {
        return a.device().equals(b.device()) && a.threads() == b.threads();
    }

    /**
     * Runs each kernel of a probe once.
     *
     * @param probe of the same device and number of threads each time
     * @throws IllegalArgumentException if it is of others
     */
    public void sample(RoofProbe probe) {
        if (device == null) {
            device = probe.device().address();
            threads = probe.threads();
        } else if (!device.equals(probe.device().address()) || threads != probe.threads()) {
            throw new IllegalArgumentException(
                    "probe: expected %s with %d threads, got %s with %d"
                            .formatted(device, threads, probe.device().address(), probe.threads()));
        }
        fma.add(probe.multiplyAdd().perNano());
        copy.add(probe.copy().perNano());
        read.add(probe.read().perNano());
        roundTrip.add((double) probe.roundTrip().nanos());
    }

    /**
     * How often {@link #sample} has run.
     *
     * @return 0 at first
     */
    public int size() {
        return fma.size();
    }

    /**
     * What was sampled so far.
     *
     * @return medians and bests
     * @throws IllegalStateException if nothing was
     */
    public Roof roof() {
        if (device == null) {
            throw new IllegalStateException("nothing was sampled yet");
        }
        return new Roof(
                device,
                threads,
                fma.size(),
                Roof.Figure.ofRates(fma),
                Roof.Figure.ofRates(copy),
                Roof.Figure.ofRates(read),
                Roof.Figure.ofTimes(roundTrip));
    }

    /**
     * Goes on from samples taken before.
     *
     * @param earlier roof of the same device and threads
     */
    public void resume(Roof earlier) {
        device = earlier.device();
        threads = earlier.threads();
        fma.addAll(earlier.fmaGflops().samples());
        copy.addAll(earlier.copyGigabytesPerSecond().samples());
        read.addAll(earlier.readGigabytesPerSecond().samples());
        roundTrip.addAll(earlier.roundTripNanos().samples());
    }
}
