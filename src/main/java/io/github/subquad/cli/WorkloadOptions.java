package io.github.subquad.cli;

import io.github.subquad.Causal;
import io.github.subquad.bench.Pass;
import io.github.subquad.bench.Suite;
import io.github.subquad.bench.Workload;
import io.github.subquad.tensor.DataType;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is measured. */
final class WorkloadOptions {
    @Option(
            names = "--suite",
            split = ",",
            paramLabel = "NAME",
            description = {
                "Workloads that belong together: quick, diffusion, llm, scaling, chunks, precision"
                        + " or gradients; --list shows them (default: quick, where nothing is"
                        + " named).",
            })
    private List<String> suites = new ArrayList<>();

    @Option(
            names = "--workload",
            split = ",",
            paramLabel = "NAME",
            description = "One that --list shows; may be repeated.")
    private List<String> workloads = new ArrayList<>();

    @Option(
            names = "--workloads",
            paramLabel = "FILE",
            description =
                    "Workloads of your own, in YAML; bench/schema/workloads-1.schema.json"
                            + " describes it.")
    private List<Path> files = new ArrayList<>();

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
            split = ",",
            paramLabel = "TYPE",
            converter = Words.OfPrecision.class,
            completionCandidates = Words.OfPrecision.class,
            description =
                    "Storage type of all tensors, a row for each: ${COMPLETION-CANDIDATES}"
                            + " (default: the workload's, else f32).")
    private List<DataType> dataTypes = new ArrayList<>();

    @Option(
            names = "--pass",
            split = ",",
            paramLabel = "PASS",
            converter = Words.OfPass.class,
            completionCandidates = Words.OfPass.class,
            description = {
                "How far a call goes, a row for each: ${COMPLETION-CANDIDATES}, the latter with the"
                        + " gradients of query, key and value (default: the workload's, else"
                        + " forward).",
            })
    private List<Pass> passes = new ArrayList<>();

    /** All that was named, or the first suite. */
    List<Suite.Entry> entries() throws IOException {
        List<Suite.Entry> entries = new ArrayList<>();
        for (String suite : suites) {
            entries.addAll(Suite.named(suite).entries());
        }
        for (Path file : files) {
            entries.addAll(Suite.read(file).entries());
        }
        workloads.forEach(name -> entries.add(Suite.Entry.of(Suite.workload(name))));
        if (shape.given()) {
            entries.add(Suite.Entry.of(Workload.ofShape(shape.parse(), causal)));
        } else if (causal != Causal.NONE) {
            throw new UsageException(
                    "--causal: expected with --shape; a named workload has its own");
        }
        if (entries.isEmpty()) {
            entries.addAll(Suite.named(Suite.NAMES.getFirst()).entries());
        }
        return entries.stream()
                .map(entry -> dataTypes.isEmpty() ? entry : entry.stored(dataTypes))
                .map(entry -> passes.isEmpty() ? entry : entry.passing(passes))
                .toList();
    }

    /** Every suite with its workloads. */
    static void list(PrintWriter out) {
        for (String name : Suite.NAMES) {
            Suite suite = Suite.named(name);
            out.printf("%s: %s%n", name, suite.description());
            for (Suite.Entry entry : suite.entries()) {
                Workload workload = entry.workloads().getFirst();
                out.printf("  %-26s%s%n", workload.name(), workload.describe());
            }
        }
    }
}
