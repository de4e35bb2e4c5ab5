package io.github.subquad.bench;

import io.github.subquad.Kernel;
import io.github.subquad.Merge;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The command that repeats a row: what was asked for and what was chosen for it.
 *
 * @param measured the row's case
 * @param protocol of the benchmark
 * @param seed of the benchmark
 */
record RowCommand(Case measured, Protocol protocol, long seed) {
    private static final String PROGRAM = "bin/subquad bench";

    /** Everything after the name of the program, as the shell would hand it over. */
    List<String> arguments() {
        Setting setting = measured.setting();
        var arguments = new ArrayList<>(measured.workload().arguments());
        if (setting.peer()) {
            add(arguments, "--peers", setting.backend());
        } else {
            add(arguments, "--backend", setting.backend());
            add(arguments, "--device", setting.device());
        }
        add(arguments, "--threads", setting.threads());
        if (setting.kernel() != Kernel.AUTO) {
            add(arguments, "--kernel", Word.of(setting.kernel()));
        }
        add(arguments, "--kernel-step", setting.kernelStep());
        if (setting.merge() != Merge.DEVICE) {
            add(arguments, "--merge", Word.of(setting.merge()));
        }
        add(arguments, "--query-chunk-size", setting.queryChunkSize());
        add(arguments, "--kv-chunk-size", setting.kvChunkSize());
        if (!setting.selfCheck()) {
            arguments.add("--no-self-check");
        }
        if (!setting.useCheckpoint()) {
            add(arguments, "--checkpoint", "off");
        }
        addProtocol(arguments);
        add(arguments, "--seed", seed);
        return List.copyOf(arguments);
    }

    private void addProtocol(List<String> arguments) {
        Protocol usual = Protocol.DEFAULT;
        if (protocol.repetitions() != usual.repetitions()) {
            add(arguments, "--repetitions", protocol.repetitions());
        }
        if (!protocol.time().equals(usual.time())) {
            add(arguments, "--time", seconds(protocol.time()));
        }
        if (!protocol.warmUp().equals(usual.warmUp())) {
            add(arguments, "--warm-up", seconds(protocol.warmUp()));
        }
        if (protocol.cache() != usual.cache()) {
            add(arguments, "--cache", Word.of(protocol.cache()));
        }
    }

    /** Nothing where there is no value. */
    private static void add(List<String> arguments, String option, @Nullable Object value) {
        if (value != null) {
            arguments.add(option);
            arguments.add(String.valueOf(value));
        }
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
