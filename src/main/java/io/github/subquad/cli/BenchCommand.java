package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Causal;
import io.github.subquad.Kernel;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** {@code bench}: measures workloads and judges each result against float64. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure attention, with a verdict against float64 on every row.",
            "A row whose result is wrong shows no speed, and the exit code is 1."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bench",
            "  bench --workload decode-64k --threads 1,2",
            "  bench --shape 8,2048,2048,128 --kv-heads 2 --causal --dtype f16",
            "  bench --output result.json"
        })
public final class BenchCommand implements Callable<Integer> {
    private final Function<AttentionOptions, Attention> sessions;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--list", description = "List the workloads and end.")
    private boolean list;

    @Option(
            names = "--workload",
            split = ",",
            paramLabel = "NAME",
            description = "Workloads to measure, of those that --list shows. Default: all.")
    private List<String> names = new ArrayList<>();

    @ArgGroup(exclusive = false)
    private @Nullable Custom custom;

    /** A workload of the user's own. */
    private static final class Custom {
        @Option(
                names = "--shape",
                required = true,
                paramLabel = "bh,q,k,d[,dv]",
                description = "Heads, queries, keys, channels and value channels to measure.")
        private String shape = "";

        @Option(
                names = "--kv-heads",
                paramLabel = "N",
                description = "With --shape: heads of key and value. Default: the query's.")
        private @Nullable Long keyHeads;

        @Option(
                names = "--causal",
                arity = "0..1",
                fallbackValue = "bottom-right",
                paramLabel = "ALIGNMENT",
                converter = Words.OfCausal.class,
                description = "With --shape: hide later keys; bottom-right or top-left.")
        private Causal causal = Causal.NONE;
    }

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = Words.OfDataType.class,
            description = "Storage type of the tensors: f32, f16 or bf16. Default: f32.")
    private DataType dataType = DataType.F32;

    @Option(
            names = "--backend",
            split = ",",
            paramLabel = "NAME",
            description = "Backends, one row each. Default: auto.")
    private List<String> backends = List.of(AttentionOptions.AUTO_BACKEND);

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "Id of a device, or part of its name.")
    private @Nullable String device;

    @Option(
            names = "--kernel",
            paramLabel = "FORM",
            converter = Words.OfKernel.class,
            description = "Form of evaluation: auto, staged or fused. Default: auto.")
    private Kernel kernel = Kernel.AUTO;

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description = "Numbers of threads, one row each. Default: all processors.")
    private List<Integer> threads = List.of(AttentionOptions.DEFAULTS.threadCount());

    @ArgGroup private Length length = new Length();

    /** How long a row is measured, in calls or in seconds. */
    private static final class Length {
        @Option(
                names = "--repetitions",
                paramLabel = "N",
                description = "Timed calls of a row. Default: as many as --time allows.")
        private @Nullable Integer repetitions;

        @Option(
                names = "--time",
                paramLabel = "SECONDS",
                converter = Words.OfSeconds.class,
                description = "How long the calls of a row are timed. Default: 2.")
        private Duration time = Protocol.DEFAULT.time();
    }

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            converter = Words.OfSeconds.class,
            description = "Most time for the calls before those that count. Default: 3.")
    private Duration warmUp = Protocol.DEFAULT.warmUp();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the random tensors. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Words.OfFormat.class,
            description = "table, md, csv or json. Default: by the ending of the file, else table.")
    private @Nullable Format format;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write the report into a file, anew after each row, and show a table.")
    private @Nullable Path output;

    /** Measures the engines that are there. */
    public BenchCommand() {
        this(Attention::open);
    }

    /**
     * Measures engines of the caller's own.
     *
     * @param sessions opens a session with some options
     */
    public BenchCommand(Function<AttentionOptions, Attention> sessions) {
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            Workload.CATALOGUE.forEach(w -> out.printf("%-18s%s%n", w.name(), w.describe()));
            out.flush();
            return 0;
        }
        Benchmark benchmark;
        ReportFile file;
        try {
            benchmark = new Benchmark(workloads(), settings(), protocol(), seed, sessions);
            file = file(benchmark.workloads());
            benchmark.check();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Format onScreen = output != null || format == null ? Format.TABLE : format;
        var report =
                new LiveReport(
                        Environment.read(),
                        out,
                        onScreen.exporter(benchmark.workloads()),
                        file,
                        isTerminal() ? spec.commandLine().getErr() : null);
        benchmark.run(report);
        report.end();
        return report.report().ok() ? 0 : 1;
    }

    private List<Workload> workloads() {
        List<Workload> workloads = new ArrayList<>();
        names.forEach(name -> workloads.add(Workload.named(name)));
        if (custom != null) {
            workloads.add(Workload.ofShape(custom.shape, custom.keyHeads, custom.causal));
        }
        return (workloads.isEmpty() ? Workload.CATALOGUE : workloads)
                .stream().map(workload -> workload.withDataType(dataType)).toList();
    }

    private List<AttentionOptions> settings() {
        List<AttentionOptions> settings = new ArrayList<>();
        for (String backend : backends) {
            for (int count : threads) {
                settings.add(
                        AttentionOptions.builder()
                                .backend(backend)
                                .device(device)
                                .kernel(kernel)
                                .threads(count)
                                .build());
            }
        }
        return settings;
    }

    private Protocol protocol() {
        return new Protocol(warmUp, length.time, length.repetitions);
    }

    private @Nullable ReportFile file(List<Workload> workloads) {
        if (output == null) {
            return null;
        }
        Format inFile = format != null ? format : Format.ofFile(output.toString());
        var file = new ReportFile(output, inFile.exporter(workloads));
        file.check();
        return file;
    }

    @SuppressWarnings("SystemConsoleNull") // it may be null again since JDK 25
    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }
}
