package io.github.subquad.cli;

import io.github.subquad.bench.ResultFile;
import io.github.subquad.bench.report.Charts;
import io.github.subquad.bench.report.HtmlReport;
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

/** Shows result files as a page and as charts. */
@Command(
        name = "report",
        header = "Show result files of bench as a page that opens anywhere, and as charts.",
        description = {
            "The page is one file that asks no host for anything: verdicts, speed, scaling,"
                + " roofline, chunk sizes and every call, with filters. docs/report.md tells how to"
                + " read it.",
        },
        footer = {
            "  subquad report result.json --output report.html",
            "  subquad report cpu.json gpu.json --output report.html --title \"CPU and GPU\"",
            "  subquad report result.json --output report.html --charts figures",
        })
final class ReportCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Result files, as bench --output writes them to .json.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            required = true,
            description = "Where the page goes; replaced if it is there.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path output;

    @Option(
            names = "--charts",
            paramLabel = "DIR",
            description = {
                "Write the charts there as well, as SVG and PNG: gflops, scaling-time,"
                        + " scaling-memory, roofline, chunks, samples. Files of these names are"
                        + " replaced, others are left alone.",
            })
    private @Nullable Path charts;

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            defaultValue = "Attention, measured",
            description = "Heading of the page (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // has a default
    private String title;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        AtomicFile.check(output);
        List<ResultFile> results = ResultFile.readAll(files);
        for (Path file : files) {
            if (Files.exists(output) && Files.isSameFile(file, output)) {
                throw new UsageException(
                        "--output: expected another file than those that are read, got " + output);
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        HtmlReport.write(output, title, results);
        out.println(output);
        if (charts != null) {
            Charts.write(charts, results).forEach(out::println);
        }
        out.flush();
        return 0;
    }
}
