package io.github.subquad.bench;

import io.github.subquad.AttentionOptions;
import io.github.subquad.Causal;
import io.github.subquad.Kernel;
import io.github.subquad.Merge;

import org.jspecify.annotations.Nullable;

/**
 * With what a workload is measured.
 *
 * @param backend name of a backend
 * @param device id of one of its devices, or part of its name; null: its first usable
 * @param peer whether it is a library to compare with, not one of ours
 * @param kernel form of evaluation
 * @param kernelStep step on the ladder of kernels; null: by kernel and device
 * @param merge where staged chunks are merged
 * @param threads host threads, at least 1
 * @param queryChunkSize query rows handled together, at most; null: as the engine chooses
 * @param kvChunkSize keys handled together, at most; null: as the engine chooses
 * @param selfCheck whether a device's kernels are checked on their first use
 * @param useCheckpoint whether a backward pass recomputes all weights; counts for engines of ours
 */
public record Setting(
        String backend,
        @Nullable String device,
        boolean peer,
        Kernel kernel,
        @Nullable Integer kernelStep,
        Merge merge,
        int threads,
        @Nullable Integer queryChunkSize,
        @Nullable Integer kvChunkSize,
        boolean selfCheck,
        Boolean useCheckpoint) {
    /** Fills in what files of old do not name. */
    public Setting {
        useCheckpoint = useCheckpoint == null || useCheckpoint;
    }

    /**
     * What is left open to the engine: everything but the place and the threads.
     *
     * @param backend name of a backend, or {@code auto}
     * @param threads host threads, at least 1
     * @return a setting
     */
    public static Setting of(String backend, int threads) {
        return usual(backend, false, threads);
    }

    /**
     * A library to compare with.
     *
     * @param name of its backend
     * @param threads host threads, at least 1
     * @return a setting
     */
    public static Setting ofPeer(String name, int threads) {
        return usual(name, true, threads);
    }

    private static Setting usual(String backend, boolean peer, int threads) {
        return new Setting(
                backend,
                null,
                peer,
                Kernel.AUTO,
                null,
                Merge.DEVICE,
                threads,
                null,
                null,
                true,
                true);
    }

    /**
     * The same in another place.
     *
     * @param newBackend name of a backend
     * @param newDevice id of one of its devices
     * @return the setting
     */
    public Setting on(String newBackend, @Nullable String newDevice) {
        return new Setting(
                newBackend,
                newDevice,
                peer,
                kernel,
                kernelStep,
                merge,
                threads,
                queryChunkSize,
                kvChunkSize,
                selfCheck,
                useCheckpoint);
    }

    /**
     * The same with other chunks.
     *
     * @param newQueryChunkSize query rows handled together, at most, or null
     * @param newKvChunkSize keys handled together, at most, or null
     * @return the setting
     */
    public Setting inChunks(@Nullable Integer newQueryChunkSize, @Nullable Integer newKvChunkSize) {
        return new Setting(
                backend,
                device,
                peer,
                kernel,
                kernelStep,
                merge,
                threads,
                newQueryChunkSize,
                newKvChunkSize,
                selfCheck,
                useCheckpoint);
    }

    /**
     * The same, which recomputes weights or keeps them.
     *
     * @param newUseCheckpoint whether a backward pass recomputes all weights
     * @return the setting
     */
    public Setting withCheckpoint(boolean newUseCheckpoint) {
        return new Setting(
                backend,
                device,
                peer,
                kernel,
                kernelStep,
                merge,
                threads,
                queryChunkSize,
                kvChunkSize,
                selfCheck,
                newUseCheckpoint);
    }

    /** Options of a session for a workload's causality. */
    AttentionOptions.Builder options(Causal causal) {
        return AttentionOptions.builder()
                .backend(backend)
                .device(device)
                .kernel(kernel)
                .kernelStep(kernelStep)
                .merge(merge)
                .threads(threads)
                .queryChunkSize(queryChunkSize)
                .kvChunkSize(kvChunkSize)
                .selfCheck(selfCheck)
                .useCheckpoint(useCheckpoint)
                .causal(causal);
    }

    /**
     * Where it computes.
     *
     * @return such as {@code cpu:0}, or {@code cpu} where the device is left open
     */
    public String address() {
        return device == null ? backend : backend + ":" + device;
    }
}
