package io.github.subquad.bench.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What NVIDIA's driver says that its GPUs draw, ten times a second, over time: a power counts until
 * the next one is told. All GPUs are counted, whatever runs on them.
 */
final class NvidiaCounter implements EnergyCounter {
    static final List<String> COMMAND =
            List.of(
                    "nvidia-smi",
                    "--query-gpu=index,power.draw",
                    "--format=csv,noheader,nounits",
                    "--loop-ms=100");

    /** How long the driver may take for the first line. */
    private static final long MOST_SECONDS = 5;

    private final Runnable stop;
    private final LongSupplier nanoTime;
    private final Map<String, Meter> gpus = new TreeMap<>();
    private boolean ended;

    /**
     * Nothing told yet.
     *
     * @param stop ends what tells the powers
     * @param nanoTime the time
     */
    NvidiaCounter(Runnable stop, LongSupplier nanoTime) {
        this.stop = stop;
        this.nanoTime = nanoTime;
    }

    /**
     * Starts the driver's tool and waits for its first power.
     *
     * @param command that prints lines of index and watts until it is stopped
     * @param nanoTime the time
     * @throws IOException that says why there is none
     */
    static NvidiaCounter open(List<String> command, LongSupplier nanoTime) throws IOException {
        Process tool;
        try {
            tool =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            throw new IOException("nvidia-smi is not there", e);
        }
        var counter = new NvidiaCounter(tool::destroyForcibly, nanoTime);
        Thread.ofPlatform()
                .daemon()
                .name("subquad-energy")
                .start(() -> counter.listen(tool.inputReader(UTF_8)));
        if (!counter.awaitFirst()) {
            counter.close();
            throw new IOException("nvidia-smi tells no power");
        }
        return counter;
    }

    /** Notes all lines; after the last, the energy is not known any more. */
    void listen(BufferedReader lines) {
        try (lines) {
            lines.lines().forEach(this::note);
        } catch (IOException | UncheckedIOException e) {
            // stopped while a line was read
        }
        end();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    private synchronized boolean awaitFirst() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        try {
            for (long left; gpus.isEmpty() && !ended && (left = end - System.nanoTime()) > 0; ) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !gpus.isEmpty();
    }

    /** A line such as {@code 0, 71.35}; one without a power is of a GPU that does not tell. */
    synchronized void note(String line) {
        String[] fields = line.split(",", -1);
        Double watts = fields.length == 2 ? Gpu.number(fields[1]) : null;
        if (watts != null && watts >= 0) {
            long now = nanoTime.getAsLong();
            gpus.computeIfAbsent(fields[0].strip(), index -> new Meter(now)).draw(watts, now);
            notifyAll();
        }
    }

    @Override
    public synchronized String name() {
        return gpus.keySet().stream().collect(Collectors.joining("+", "NVIDIA GPU ", ""));
    }

    @Override
    public synchronized OptionalDouble joules() {
        long now = nanoTime.getAsLong();
        return ended
                ? OptionalDouble.empty()
                : OptionalDouble.of(gpus.values().stream().mapToDouble(m -> m.joules(now)).sum());
    }

    @Override
    public void close() {
        stop.run();
    }

    /** The power of one GPU over time. */
    static final class Meter {
        private long since;
        private double watts;
        private double joules;

        Meter(long now) {
            since = now;
        }

        /** From now on it draws so much. */
        void draw(double power, long now) {
            joules = joules(now);
            since = now;
            watts = power;
        }

        double joules(long now) {
            return joules + watts * (now - since) / 1e9;
        }
    }
}
