package io.github.subquad.cli;

import io.github.subquad.AttentionOptions;
import io.github.subquad.Backends;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.Merge;
import io.github.subquad.bench.Setting;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;

/** With what a workload is measured: a row for each combination. */
final class SettingOptions {
    /** Those that {@code bench/} has. */
    private static final List<String> PEERS =
            List.of("pytorch", "onnxruntime", "nd4j", "naive", "original");

    @Option(
            names = "--backend",
            split = ",",
            paramLabel = "NAME",
            description = "Some that 'subquad devices' lists, a row for each (default: auto).")
    private List<String> backends = new ArrayList<>();

    @Option(
            names = "--device",
            split = ",",
            paramLabel = "ID",
            description = {
                "Devices of the backend by id or part of the name, or of any backend as"
                        + " 'subquad devices' writes them, such as tornado:0:0; a row for each"
                        + " (default: the backend's first).",
            })
    private List<String> devices = new ArrayList<>();

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "NAME",
            description = {
                "Libraries to compare with, measured turn about: pytorch, onnxruntime, nd4j, naive"
                        + " (plain Java), original (the paper's algorithm over PyTorch). The first"
                        + " use fetches them.",
            })
    private List<String> peers = new ArrayList<>();

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description = "Host threads, a row for each number (default: all processors).")
    private List<Integer> threads = List.of(AttentionOptions.DEFAULTS.threadCount());

    @Option(
            names = "--kernel",
            split = ",",
            paramLabel = "FORM",
            converter = Words.OfKernel.class,
            completionCandidates = Words.OfKernel.class,
            description =
                    "Form of evaluation, a row for each: ${COMPLETION-CANDIDATES} (default: auto).")
    private List<Kernel> kernels = List.of(Kernel.AUTO);

    @Option(
            names = "--kernel-step",
            split = ",",
            paramLabel = "N",
            description =
                    "On a device: steps on the ladder of kernels, 1 to 4, a row for each (default:"
                            + " by --kernel and device).")
    private List<Integer> kernelSteps = new ArrayList<>();

    @Option(
            names = "--merge",
            split = ",",
            paramLabel = "WHERE",
            converter = Words.OfMerge.class,
            completionCandidates = Words.OfMerge.class,
            description =
                    "On a device, staged: where chunks are merged, a row for each:"
                            + " ${COMPLETION-CANDIDATES} (default: device).")
    private List<Merge> merges = List.of(Merge.DEVICE);

    @Option(
            names = "--query-chunk-size",
            split = ",",
            paramLabel = "N",
            description =
                    "Query rows handled together, at most, a row for each (default: the engine's).")
    private List<Integer> queryChunkSizes = new ArrayList<>();

    @Option(
            names = "--kv-chunk-size",
            split = ",",
            paramLabel = "N",
            description = "Keys handled together, at most, a row for each (default: the engine's).")
    private List<Integer> kvChunkSizes = new ArrayList<>();

    @Option(
            names = "--no-self-check",
            description =
                    "On a device: do not compare some rows with float64 on the first use of a"
                            + " kernel.")
    private boolean noSelfCheck;

    @Option(
            names = "--checkpoint",
            split = ",",
            paramLabel = "SWITCH",
            converter = Words.OfSwitch.class,
            completionCandidates = Words.OfSwitch.class,
            description = {
                "Of backward passes: recompute all weights, or keep them from the forward pass, a"
                        + " row for each: ${COMPLETION-CANDIDATES} (default: on).",
            })
    private List<Words.Switch> checkpoints = List.of(Words.Switch.ON);

    /** Ours in all combinations, then the peers with each number of threads. */
    List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        for (Setting place : places()) {
            for (Kernel kernel : kernels) {
                for (Integer step : orNone(kernelSteps)) {
                    for (Merge merge : merges) {
                        settings.addAll(cuts(place, kernel, step, merge));
                    }
                }
            }
        }
        for (String peer : peers) {
            if (!PEERS.contains(peer)) {
                throw new UsageException(
                        "--peers: expected some of %s, got '%s'"
                                .formatted(String.join(", ", PEERS), peer));
            }
            for (int count : threads) {
                settings.add(Setting.ofPeer(peer, count));
            }
        }
        return settings;
    }

    private List<Setting> cuts(Setting place, Kernel kernel, @Nullable Integer step, Merge merge) {
        List<Setting> settings = new ArrayList<>();
        for (Integer queryChunkSize : orNone(queryChunkSizes)) {
            for (Integer kvChunkSize : orNone(kvChunkSizes)) {
                for (int count : threads) {
                    for (Words.Switch checkpoint : checkpoints) {
                        settings.add(
                                new Setting(
                                        place.backend(),
                                        place.device(),
                                        false,
                                        kernel,
                                        step,
                                        merge,
                                        count,
                                        queryChunkSize,
                                        kvChunkSize,
                                        !noSelfCheck,
                                        checkpoint == Words.Switch.ON));
                    }
                }
            }
        }
        return settings;
    }

    private static List<@Nullable Integer> orNone(List<Integer> values) {
        List<@Nullable Integer> some = new ArrayList<>(values);
        if (some.isEmpty()) {
            some.add(null);
        }
        return some;
    }

    /** Backends and devices; the rest of these settings does not count. */
    private List<Setting> places() {
        List<Setting> places = new ArrayList<>();
        List<String> named = backends.isEmpty() && devices.isEmpty() ? List.of("auto") : backends;
        List<Device> known = devices.isEmpty() ? List.of() : Backends.available();
        for (String device : devices) {
            known.stream()
                    .filter(d -> d.address().equals(device))
                    .forEach(d -> places.add(Setting.of(d.backend(), 1).on(d.backend(), d.id())));
        }
        List<String> ids =
                devices.stream()
                        .filter(id -> known.stream().noneMatch(d -> d.address().equals(id)))
                        .toList();
        List<String> searched = named.isEmpty() && !ids.isEmpty() ? List.of("auto") : named;
        for (String backend : searched) {
            if (ids.isEmpty()) {
                places.add(Setting.of(backend, 1));
            }
            ids.forEach(id -> places.add(Setting.of(backend, 1).on(backend, id)));
        }
        return places;
    }
}
