package io.github.subquad.bench;

import io.github.subquad.AttentionOptions;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.Merge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The command that repeats a row: what was asked for and what was chosen for it.
 *
 * @param workload of the row
 * @param device that was chosen
 * @param options of the session
 * @param protocol of the benchmark
 * @param seed of the benchmark
 */
record RowCommand(
        Workload workload, Device device, AttentionOptions options, Protocol protocol, long seed) {
    private static final String PROGRAM = "bin/subquad bench";

    /** Everything after the name of the program, as the shell would hand it over. */
    List<String> arguments() {
        var arguments = new ArrayList<>(workload.arguments());
        add(arguments, "--backend", device.backend());
        add(arguments, "--device", device.id());
        add(arguments, "--threads", options.threadCount());
        if (options.kernel() != Kernel.AUTO) {
            add(arguments, "--kernel", Word.of(options.kernel()));
        }
        if (options.kernelStep() != null) {
            add(arguments, "--kernel-step", options.kernelStep());
        }
        if (options.merge() != Merge.DEVICE) {
            add(arguments, "--merge", Word.of(options.merge()));
        }
        if (protocol.repetitions() != null) {
            add(arguments, "--repetitions", protocol.repetitions());
        } else if (!protocol.time().equals(Protocol.DEFAULT.time())) {
            add(arguments, "--time", seconds(protocol.time()));
        }
        if (!protocol.warmUp().equals(Protocol.DEFAULT.warmUp())) {
            add(arguments, "--warm-up", seconds(protocol.warmUp()));
        }
        add(arguments, "--seed", seed);
        return List.copyOf(arguments);
    }

    private static void add(List<String> arguments, String option, Object value) {
        arguments.add(option);
        arguments.add(String.valueOf(value));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** One line for a shell; no argument has a blank in it. */
    @Override
    public String toString() {
        return PROGRAM + " " + String.join(" ", arguments());
    }
}
