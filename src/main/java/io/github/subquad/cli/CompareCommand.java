package io.github.subquad.cli;

import io.github.subquad.bench.Format;
import io.github.subquad.bench.ResultFile;
import io.github.subquad.bench.compare.Comparison;
import io.github.subquad.bench.compare.ComparisonExporter;
import io.github.subquad.io.AtomicFile;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Holds result files against the first of them. */
@Command(
        name = "compare",
        header = "Compare results of bench, row by row.",
        description = {
            "How many times as fast each row is as that of the first file, with a confidence"
                + " interval, and whether chance explains it. Rows are compared that measure the"
                + " same workload with the same setting; of the rest, those whose workload has one"
                + " row left in each file, so that two devices can be compared too. docs/compare.md"
                + " tells the method.",
        },
        footer = {
            "  subquad compare before.json after.json",
            "  subquad compare before.json after.json --fail-on-regression 5%%",
            "  subquad compare cpu.json gpu.json --output devices.md",
            "",
            "Exit status: 1 also if a result in a file is wrong, or a file has nothing to compare.",
        })
final class CompareCommand implements Callable<Integer> {
    private static final int LEAST_FILES = 2;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description =
                    "Result files in JSON, of 'subquad bench --output'; the first is the base.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--alpha",
            paramLabel = "SHARE",
            converter = Share.class,
            description = {
                "Level of significance: the probability that any row is called faster or slower"
                        + " where there is nothing but chance (default: 5%%).",
            })
    private double alpha = 0.05;

    @Option(
            names = "--fail-on-regression",
            paramLabel = "SHARE",
            converter = Share.class,
            description = {
                "Exit status 1 if a row is shown to be slower and takes more time than the base's"
                        + " by more than that, such as 5%% or 0.05.",
            })
    private @Nullable Double regression;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Words.OfFormat.class,
            completionCandidates = Words.OfFormat.class,
            description = "How it is shown: ${COMPLETION-CANDIDATES} (default: table).")
    private Format format = Format.TABLE;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = {
                "Write the comparison there as well, as its ending says: md, csv, tex or json; a"
                        + " table otherwise.",
            })
    private @Nullable Path output;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        check();
        List<ResultFile> results = ResultFile.readAll(files);
        var comparison =
                Comparison.of(results.getFirst(), results.subList(1, results.size()), alpha);
        if (output != null) {
            String text = ComparisonExporter.export(comparison, Format.ofFile(output.toString()));
            AtomicFile.write(output, text);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(ComparisonExporter.export(comparison, format));
        out.flush();
        return comparison.ok() && !regressed(comparison) ? 0 : 1;
    }

    private void check() throws IOException {
        if (files.size() < LEAST_FILES) {
            throw new UsageException(
                    "expected a base and files to compare with it, got %d".formatted(files.size()));
        }
        if (alpha == 0 || alpha >= 1) {
            throw new UsageException("--alpha: expected more than 0% and less than 100%");
        }
        if (output == null) {
            return;
        }
        for (Path file : files) {
            if (Files.exists(output) && Files.exists(file) && Files.isSameFile(output, file)) {
                throw new UsageException(
                        "--output: %s is an input; name another file".formatted(output));
            }
        }
        AtomicFile.check(output);
    }

    private boolean regressed(Comparison comparison) {
        if (regression == null || comparison.slowerBy(regression).isEmpty()) {
            return false;
        }
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                "subquad: %d of %d rows slower by more than --fail-on-regression allows%n",
                comparison.slowerBy(regression).size(), comparison.rows().count());
        err.flush();
        return true;
    }
}
