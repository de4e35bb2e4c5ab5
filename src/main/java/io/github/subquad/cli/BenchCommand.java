package io.github.subquad.cli;

import io.github.subquad.bench.Benchmark;
import io.github.subquad.bench.Case;
import io.github.subquad.bench.Engines;
import io.github.subquad.bench.Format;
import io.github.subquad.bench.Protocol;
import io.github.subquad.bench.Report;
import io.github.subquad.bench.Run;
import io.github.subquad.bench.Setting;
import io.github.subquad.bench.Suite;
import io.github.subquad.bench.machine.Environment;
import io.github.subquad.io.AtomicFile;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/** Measures workloads, and judges each result against float64. */
@Command(
        name = "bench",
        header = "Measure attention, with a verdict against float64 on every row.",
        description = {
            "One row for each workload, storage type, device, form and number of threads, all turn"
                    + " about. A row whose result is wrong shows no speed and makes the command"
                    + " fail. docs/benchmarking.md tells the method.",
        },
        footer = {
            "  subquad bench",
            "  subquad bench --suite quick --peers pytorch,naive --output result.json",
            "  subquad bench --workload llm-decode-64k --threads 1,2",
            "  subquad bench --suite gradients --checkpoint on,off --peers pytorch",
            "  subquad bench --shape 8,2048,2048,128 --kv-heads 2 --causal --dtype f32,f16",
            "  subquad bench --resume result.json",
        })
final class BenchCommand implements Callable<Integer> {
    private static final Pattern SAFE = Pattern.compile("[\\w,.:/=@%+-]+");

    private final Engines engines;

    @Option(names = "--list", description = "List the suites with their workloads and end.")
    private boolean list;

    @Mixin private final WorkloadOptions workloads = new WorkloadOptions();
    @Mixin private final SettingOptions settings = new SettingOptions();
    @Mixin private final ProtocolOptions protocol = new ProtocolOptions();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Seed of the data, of the order of turns and of the sample that a verdict looks"
                            + " at (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--no-roof",
            description =
                    "Do not measure what the devices can do at most, which takes half a GiB and a"
                            + " moment each repetition.")
    private boolean noRoof;

    @Option(
            names = "--gpu-energy",
            description = {
                "Count the energy of NVIDIA's GPUs too, which nvidia-smi tells coarsely and at a"
                        + " small cost.",
            })
    private boolean gpuEnergy;

    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description = {
                "Go on with a benchmark that was broken off, as its result file says, and complete"
                        + " that file. Options of what is measured, and how, do not count.",
            })
    private @Nullable Path resume;

    @Option(
            names = "--stop-after",
            paramLabel = "N",
            description = "Stop after so many repetitions; --resume takes the others.")
    private int stopAfter = Protocol.MOST_REPETITIONS;

    @Option(
            names = "--processes",
            description = {
                "Take each repetition in a process of its own, so that its chance (just-in-time"
                    + " compilation, addresses) is in the samples: slower, and what comparisons of"
                    + " a few percent need.",
            })
    private boolean processes;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Words.OfFormat.class,
            completionCandidates = Words.OfFormat.class,
            description = "How the report is shown: ${COMPLETION-CANDIDATES} (default: table).")
    private Format format = Format.TABLE;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = {
                "Write the report there as well, by its ending: .json while it grows (for compare,"
                        + " report and --resume), .md, .csv or .tex.",
            })
    private @Nullable Path output;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    BenchCommand() {
        this(Engines.INSTALLED);
    }

    /** Measures engines of the caller's own. */
    BenchCommand(Engines engines) {
        this.engines = engines;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            WorkloadOptions.list(out);
            return 0;
        }
        if (resume != null && !resume.toString().endsWith(".json")) {
            throw new UsageException("--resume: expected a .json file, got " + resume);
        }
        Report earlier = resume == null ? null : Report.read(resume);
        Path file = resume == null ? output : resume;
        if (file != null) {
            AtomicFile.check(file);
        }
        if (processes && (file == null || !file.toString().endsWith(".json"))) {
            throw new UsageException("--processes: expected with --output of a .json file");
        }
        Report report = measure(earlier, file);
        if (processes && file != null) {
            Sittings.takeRest(file, report.run().protocol().repetitions());
            report = Report.read(file);
        }
        out.print(format.exporter().export(report));
        out.flush();
        return report.ok() ? 0 : 1;
    }

    private Report measure(@Nullable Report earlier, @Nullable Path file) throws IOException {
        var environment = Environment.read();
        try (Benchmark benchmark = open(earlier == null ? run() : earlier.run(), environment)) {
            if (earlier != null) {
                resume(benchmark, earlier);
            }
            var progress = new BenchProgress(file, spec.commandLine().getErr());
            try {
                benchmark.run(progress, processes ? 1 : stopAfter);
            } finally {
                boolean _ = Thread.interrupted(); // who is interrupted can write no file
                progress.end(benchmark.report());
            }
            return benchmark.report();
        }
    }

    /** Once it is known to be possible. */
    private Benchmark open(Run run, Environment environment) {
        try {
            Engines used = gpuEnergy ? engines.withGpuEnergy() : engines;
            return new Benchmark(run, environment, used, !noRoof);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }

    private Run run() throws IOException {
        try {
            List<Case> cases = new ArrayList<>();
            List<Setting> all = settings.settings();
            for (Suite.Entry entry : workloads.entries()) {
                all.forEach(setting -> cases.addAll(entry.cases(setting)));
            }
            return new Run(
                    command(),
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                    seed,
                    protocol.protocol(),
                    cases);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }

    private static void resume(Benchmark benchmark, Report earlier) {
        try {
            benchmark.resume(earlier);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }

    /** As a shell would take it, but for the output, whose folder is nobody's business. */
    private String command() {
        List<String> words = new ArrayList<>(List.of("bin/subquad"));
        boolean isOutput = false;
        for (String word : spec.root().commandLine().getParseResult().originalArgs()) {
            if (!isOutput && !word.startsWith("--output")) {
                words.add(
                        SAFE.matcher(word).matches()
                                ? word
                                : "'" + word.replace("'", "'\\''") + "'");
            }
            isOutput = word.equals("--output");
        }
        return String.join(" ", words);
    }
}
