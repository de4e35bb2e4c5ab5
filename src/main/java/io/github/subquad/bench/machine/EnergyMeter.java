package io.github.subquad.bench.machine;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The energy of a stretch of time, where the machine tells it: of the processor's packages and of
 * NVIDIA's GPUs, together. What else ran at that time is in it. It never fails: what cannot be read
 * gives no number, and {@link #reason} says why.
 */
public final class EnergyMeter implements AutoCloseable {
    private static final Path POWERCAP = Path.of("/sys/class/powercap");

    private final List<EnergyCounter> counters;
    private final List<String> reasons;

    private EnergyMeter(List<EnergyCounter> counters, List<String> reasons) {
        this.counters = List.copyOf(counters);
        this.reasons = List.copyOf(reasons);
    }

    /** A counter that may not be there. */
    private interface Opening {
        EnergyCounter open() throws IOException;
    }

    /**
     * Looks for what this machine can tell.
     *
     * @return a meter, to be closed by the caller
     */
    public static EnergyMeter open() {
        return open(POWERCAP, NvidiaCounter.COMMAND);
    }

    static EnergyMeter open(Path powercap, List<String> nvidia) {
        List<EnergyCounter> counters = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (Opening opening :
                List.<Opening>of(
                        () -> RaplCounter.open(powercap), () -> NvidiaCounter.open(nvidia))) {
            try {
                counters.add(opening.open());
            } catch (AccessDeniedException e) {
                reasons.add("the RAPL counters may not be read by this user");
            } catch (IOException | RuntimeException e) {
                reasons.add(String.valueOf(e.getMessage()));
            }
        }
        return new EnergyMeter(counters, reasons);
    }

    /**
     * What is counted.
     *
     * @return such as {@code RAPL package 0+1}, several joined by a comma; null if nothing is
     */
    public @Nullable String source() {
        return counters.isEmpty()
                ? null
                : counters.stream().map(EnergyCounter::name).collect(Collectors.joining(", "));
    }

    /**
     * Why some of it, or all, cannot be counted.
     *
     * @return {@code not readable here: …}; null if everything can
     */
    public @Nullable String reason() {
        return reasons.isEmpty() ? null : "not readable here: " + String.join("; ", reasons);
    }

    /**
     * Begins a stretch of time. Stretches may overlap.
     *
     * @return the stretch, to be stopped
     */
    public Span start() {
        return new Span(joules());
    }

    /** A stretch of time that began when it was made. */
    public final class Span {
        private final OptionalDouble before;

        private Span(OptionalDouble before) {
            this.before = before;
        }

        /**
         * Ends the stretch.
         *
         * @return its joules, finite and at least 0; empty where they cannot be read
         */
        public OptionalDouble stop() {
            OptionalDouble now = joules();
            return before.isEmpty() || now.isEmpty()
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(Math.max(0, now.getAsDouble() - before.getAsDouble()));
        }
    }

    /** Empty if one of them does not answer: the sum would lack a part. */
    private OptionalDouble joules() {
        double sum = 0;
        for (EnergyCounter counter : counters) {
            OptionalDouble joules = counter.joules();
            if (joules.isEmpty()) {
                return joules;
            }
            sum += joules.getAsDouble();
        }
        return counters.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(sum);
    }

    @Override
    public void close() {
        counters.forEach(EnergyCounter::close);
    }
}
