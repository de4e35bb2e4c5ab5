package io.github.subquad.bench.machine;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The energy of a stretch of time, where the machine tells it: of the processor's packages and, if
 * asked for, of NVIDIA's GPUs, together. What else ran at that time is in it. It never fails: what
 * cannot be read gives no number, and {@link #reason} says why.
 */
public final class EnergyMeter implements AutoCloseable {
    private static final Path POWERCAP = Path.of("/sys/class/powercap");

    private final List<EnergyCounter> counters;
    private final @Nullable String reason;

    private EnergyMeter(List<EnergyCounter> counters, @Nullable String reason) {
        this.counters = List.copyOf(counters);
        this.reason = reason;
    }

    /** A counter that may not be there. */
    private interface Opening {
        EnergyCounter open() throws IOException;
    }

    /**
     * Looks for what this machine can tell of its processor.
     *
     * @return a meter, to be closed by the caller
     */
    public static EnergyMeter open() {
        return open(false);
    }

    /**
     * Looks for what this machine can tell.
     *
     * @param gpu also of NVIDIA's GPUs: {@code nvidia-smi} then asks their driver ten times a
     *     second, which takes some of a processor's time
     * @return a meter, to be closed by the caller
     */
    public static EnergyMeter open(boolean gpu) {
        return open(POWERCAP, gpu, NvidiaCounter.COMMAND, System::nanoTime);
    }

    static EnergyMeter open(
            Path powercap, boolean gpu, List<String> nvidia, LongSupplier nanoTime) {
        List<EnergyCounter> counters = new ArrayList<>();
        List<String> troubles = new ArrayList<>();
        List<Opening> openings = new ArrayList<>(List.of(() -> RaplCounter.open(powercap)));
        if (gpu) {
            openings.add(() -> NvidiaCounter.open(nvidia, nanoTime));
        }
        for (Opening opening : openings) {
            try {
                counters.add(opening.open());
            } catch (AccessDeniedException e) {
                troubles.add("the RAPL counters may not be read by this user");
            } catch (IOException | RuntimeException e) {
                troubles.add(String.valueOf(e.getMessage()));
            }
        }
        boolean left = !gpu && Tool.ask(List.of(nvidia.getFirst(), "--list-gpus")) != null;
        return new EnergyMeter(counters, reason(troubles, left));
    }

    private static @Nullable String reason(List<String> troubles, boolean gpusLeft) {
        List<String> reasons = new ArrayList<>();
        if (!troubles.isEmpty()) {
            reasons.add("not readable here: " + String.join("; ", troubles));
        }
        if (gpusLeft) {
            reasons.add("of GPUs with --gpu-energy");
        }
        return reasons.isEmpty() ? null : String.join("; ", reasons);
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
     * Why some of it, or all, is not counted.
     *
     * @return {@code not readable here: …}, or {@code of GPUs with --gpu-energy} where there are
     *     GPUs that were not asked for, or both; null if everything is counted
     */
    public @Nullable String reason() {
        return reason;
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
