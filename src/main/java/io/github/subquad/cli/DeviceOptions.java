package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.MemoryBudget;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** Where to compute, and with what. A refusal is the user's to mend. */
final class DeviceOptions {
    @Option(
            names = "--memory-budget",
            paramLabel = "SIZE",
            description = "Memory beyond inputs and outputs, such as 64MiB (default: no limit).")
    private @Nullable String memoryBudget;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Host threads (default: all processors).")
    private @Nullable Integer threads;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "One that 'subquad devices' lists (default: auto, the fastest usable).")
    private String backend = AttentionOptions.AUTO_BACKEND;

    @Option(
            names = "--device",
            paramLabel = "ID",
            description =
                    "Id or part of the name of one of the backend's devices (default: the first).")
    private @Nullable String device;

    /** Opens a session with these options and others. */
    Attention open(AttentionOptions.Builder others) {
        try {
            return Attention.open(
                    others.memoryBudget(
                                    memoryBudget == null ? null : MemoryBudget.parse(memoryBudget))
                            .threads(threads)
                            .backend(backend)
                            .device(device)
                            .build());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }
}
