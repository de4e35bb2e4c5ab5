package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Causal;
import io.github.subquad.bench.Benchmark;
import io.github.subquad.bench.Environment;
import io.github.subquad.bench.Format;
import io.github.subquad.bench.LiveReport;
import io.github.subquad.bench.Protocol;
import io.github.subquad.bench.ReportFile;
import io.github.subquad.bench.Workload;
import io.github.subquad.tensor.DataType;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** Measures workloads, and judges each result against float64. */
@Command(
        name = "bench",
        header = "Measure attention, with a verdict against float64 on every row.",
        description = {
            "One row for each workload, backend and number of threads. A row whose result is wrong"
                    + " shows no speed and makes the command fail.",
        },
        footer = {
            "  subquad bench",
            "  subquad bench --workload decode-64k --threads 1,2",
            "  subquad bench --shape 8,2048,2048,128 --kv-heads 2 --causal --dtype f16",
            "  subquad bench --output result.json",
        })
final class BenchCommand implements Callable<Integer> {
    private final Function<AttentionOptions, Attention> sessions;

    @Option(names = "--list", description = "List the workloads and end.")
    private boolean list;

    @Option(
            names = "--workload",
            split = ",",
            paramLabel = "NAME",
            description = "One that --list shows; may be repeated (default: all).")
    private List<String> workloads = new ArrayList<>();

    @Mixin private final ShapeOptions shape = new ShapeOptions();

    @Option(
            names = "--causal",
            arity = "0..1",
            paramLabel = "ALIGNMENT",
            fallbackValue = "bottom-right",
            converter = Words.OfCausal.class,
            completionCandidates = Words.OfCausal.class,
            description =
                    "With --shape: a query sees no later keys. One of ${COMPLETION-CANDIDATES}.")
    private Causal causal = Causal.NONE;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = Words.OfPrecision.class,
            completionCandidates = Words.OfPrecision.class,
            description = "Storage type of all tensors: ${COMPLETION-CANDIDATES} (default: f32).")
    private DataType dataType = DataType.F32;

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description = "Host threads, a row for each number (default: all processors).")
    private List<Integer> threads = List.of(AttentionOptions.DEFAULTS.threadCount());

    @Option(
            names = "--backend",
            split = ",",
            paramLabel = "NAME",
            description = "Some that 'subquad devices' lists, a row for each (default: auto).")
    private List<String> backends = List.of(AttentionOptions.AUTO_BACKEND);

    @Option(
            names = "--device",
            paramLabel = "ID",
            description =
                    "Id or part of the name of one of the backend's devices (default: the first).")
    private @Nullable String device;

    @Mixin private final KernelOptions kernelOptions = new KernelOptions();

    @ArgGroup private Length length = new Length();

    /** How long a row is measured, in calls or in seconds. */
    private static final class Length {
        @Option(
                names = "--repetitions",
                paramLabel = "N",
                description = "Timed calls of a row (default: as many as --time allows).")
        private @Nullable Integer repetitions;

        @Option(
                names = "--time",
                paramLabel = "SECONDS",
                converter = Seconds.class,
                description = "How long the calls of a row are timed (default: 2).")
        private Duration time = Protocol.DEFAULT.time();
    }

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description = "Most time for the calls before those that count (default: 3).")
    private Duration warmUp = Protocol.DEFAULT.warmUp();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Seed of the random numbers and of the sample (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Words.OfFormat.class,
            completionCandidates = Words.OfFormat.class,
            description =
                    "One of ${COMPLETION-CANDIDATES} (default: by the ending of the output, else"
                            + " table).")
    private @Nullable Format format;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write the report there, anew after each row, and show a table.")
    private @Nullable Path output;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    BenchCommand() {
        this(Attention::open);
    }

    /** Measures engines of the caller's own. */
    BenchCommand(Function<AttentionOptions, Attention> sessions) {
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            Workload.CATALOGUE.forEach(w -> out.printf("%-18s%s%n", w.name(), w.describe()));
            return 0;
        }
        Benchmark benchmark = benchmark();
        Format onScreen = output != null || format == null ? Format.TABLE : format;
        var report =
                new LiveReport(
                        Environment.read(),
                        out,
                        onScreen.exporter(benchmark.workloads()),
                        file(benchmark),
                        StandardError.isTerminal() ? spec.commandLine().getErr() : null);
        benchmark.run(report);
        report.end();
        return report.report().ok() ? 0 : 1;
    }

    /** What was asked for, once it is known to be possible. */
    private Benchmark benchmark() {
        try {
            var protocol = new Protocol(warmUp, length.time, length.repetitions);
            var benchmark = new Benchmark(chosen(), settings(), protocol, seed, sessions);
            benchmark.check();
            return benchmark;
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }

    private List<Workload> chosen() {
        List<Workload> chosen = new ArrayList<>();
        workloads.forEach(name -> chosen.add(Workload.named(name)));
        if (shape.given()) {
            chosen.add(Workload.ofShape(shape.parse(), causal));
        } else if (causal != Causal.NONE) {
            throw new UsageException(
                    "--causal: expected with --shape; a named workload has its own");
        }
        List<Workload> all = chosen.isEmpty() ? Workload.CATALOGUE : chosen;
        return all.stream().map(workload -> workload.withDataType(dataType)).toList();
    }

    private List<AttentionOptions> settings() {
        List<AttentionOptions> settings = new ArrayList<>();
        for (String backend : backends) {
            for (int count : threads) {
                settings.add(
                        kernelOptions
                                .setOn(AttentionOptions.builder())
                                .backend(backend)
                                .device(device)
                                .threads(count)
                                .build());
            }
        }
        return settings;
    }

    private @Nullable ReportFile file(Benchmark benchmark) throws IOException {
        if (output == null) {
            return null;
        }
        Format inFile = format != null ? format : Format.ofFile(output.toString());
        var file = new ReportFile(output, inFile.exporter(benchmark.workloads()));
        file.check();
        return file;
    }
}
