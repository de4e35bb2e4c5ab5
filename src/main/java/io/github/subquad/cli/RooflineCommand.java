package io.github.subquad.cli;

import io.github.subquad.AttentionOptions;
import io.github.subquad.Backends;
import io.github.subquad.Device;
import io.github.subquad.RoofProbe;
import io.github.subquad.bench.Json;
import io.github.subquad.bench.machine.Roof;
import io.github.subquad.bench.machine.RoofSamples;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** What a device can do at most, by measurement. */
@Command(
        name = "roofline",
        header = "Measure what a device can do at most.",
        description = {
            "Four figures for each backend and number of threads, by small kernels that run as"
                    + " attention does: multiply-adds in registers, a copy and a sum of arrays that"
                    + " no cache holds, and a round trip. A computation that does F operations for"
                    + " each byte it reads reaches at most the smaller of peak and F * read.",
        },
        footer = {
            "  subquad roofline",
            "  subquad roofline --backend cpu --threads 1,2",
            "  subquad roofline --backend cpu,tornado --format json",
        })
final class RooflineCommand implements Callable<Integer> {
    private static final String ROW = "  %-14s%10s%10s  %-8s  %s%n";

    @Option(
            names = "--backend",
            split = ",",
            paramLabel = "NAME",
            description = "Some that 'subquad devices' lists (default: auto).")
    private List<String> backends = List.of(AttentionOptions.AUTO_BACKEND);

    @Option(
            names = "--device",
            paramLabel = "ID",
            description =
                    "Id or part of the name of one of the backend's devices (default: the first).")
    private @Nullable String device;

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description =
                    "Host threads, measured for each number where they compute (default: all"
                            + " processors).")
    private List<Integer> threads = List.of(AttentionOptions.DEFAULTS.threadCount());

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            defaultValue = "10",
            description = "Runs of each kernel after a first one (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Words.OfRoofFormat.class,
            completionCandidates = Words.OfRoofFormat.class,
            description = "One of ${COMPLETION-CANDIDATES} (default: table).")
    private Format format = Format.TABLE;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** How roofs are written. */
    enum Format {
        /** For a person, each when it is measured. */
        TABLE,
        /** All of them, as one array. */
        JSON
    }

    @Override
    public Integer call() {
        if (repetitions < 1) {
            throw new UsageException("--repetitions: expected at least 1, got " + repetitions);
        }
        PrintWriter out = spec.commandLine().getOut();
        List<RoofProbe> probes = probes();
        List<Roof> roofs = new ArrayList<>();
        try {
            for (RoofProbe probe : probes) {
                Roof roof = Roof.measure(probe, repetitions);
                roofs.add(roof);
                if (format == Format.TABLE) {
                    print(roof, probe.device(), out);
                }
                probe.close(); // its memory is large
            }
        } finally {
            probes.forEach(RoofProbe::close);
        }
        if (format == Format.JSON) {
            out.print(Json.write(roofs));
            out.flush();
        }
        return 0;
    }

    /** All of them before the first is measured, so that a refusal comes at once. */
    private List<RoofProbe> probes() {
        List<RoofProbe> probes = new ArrayList<>();
        try {
            for (AttentionOptions options : settings()) {
                RoofProbe probe = Backends.roofProbe(options);
                if (probes.stream().anyMatch(other -> RoofSamples.areAlike(other, probe))) {
                    probe.close();
                } else {
                    probes.add(probe);
                }
            }
            return probes;
        } catch (IllegalArgumentException e) {
            probes.forEach(RoofProbe::close);
            throw new UsageException(e);
        } catch (RuntimeException e) {
            probes.forEach(RoofProbe::close);
            throw e;
        }
    }

    private List<AttentionOptions> settings() {
        List<AttentionOptions> settings = new ArrayList<>();
        for (String backend : backends) {
            for (int count : threads) {
                settings.add(
                        AttentionOptions.builder()
                                .backend(backend)
                                .device(device)
                                .threads(count)
                                .build());
            }
        }
        return settings;
    }

    private static void print(Roof roof, Device device, PrintWriter out) {
        out.printf(
                "%s, %s; %d host %s%n",
                device.address(),
                device.name(),
                roof.threads(),
                roof.threads() == 1 ? "thread" : "threads");
        out.printf(ROW, "", "median", "best", "", "");
        row("multiply-add", roof.fmaGflops(), 1, "GFLOP/s", "float32 chains in registers", out);
        row("copy", roof.copyGigabytesPerSecond(), 1, "GB/s", "bytes read and written", out);
        row("read", roof.readGigabytesPerSecond(), 1, "GB/s", "a sum of float32", out);
        row("round trip", roof.roundTripNanos(), 1e3, "µs", "the least work, there and back", out);
        out.flush();
    }

    private static void row(
            String name,
            Roof.Figure figure,
            double unit,
            String symbol,
            String what,
            PrintWriter out) {
        out.printf(
                Locale.ROOT,
                ROW,
                name,
                number(figure.median() / unit),
                number(figure.best() / unit),
                symbol,
                what);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }
}
