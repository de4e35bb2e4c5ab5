package io.github.subquad.cli;

import io.github.subquad.ProgressListener;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** What a call would take, before anything is computed. */
@Command(
        name = "plan",
        header = "Show how a call would be cut and what memory it would take.",
        description = {
            "Every buffer is listed by its purpose, beside the score matrix of a naive evaluation."
                    + " Nothing is computed.",
        },
        footer = {
            "  subquad plan --shape 1,65536,65536,64",
            "  subquad plan --shape 16,4096,4096,40 --memory-budget 1MiB --threads 2",
            "  subquad plan --shape 32,1,65536,128 --kv-heads 8 --kernel staged",
        })
final class PlanCommand implements Callable<Integer> {
    @Mixin private final ShapeOptions shape = new ShapeOptions();
    @Mixin private final EngineOptions engine = new EngineOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        var sizes = shape.parse();
        try (var attention = engine.open(false, ProgressListener.NONE)) {
            var plan = EngineOptions.plan(attention, sizes);
            PrintWriter out = spec.commandLine().getOut();
            out.printf("%-9s %s%n", "device", attention.device().address());
            out.println(plan.explain());
        }
        return 0;
    }
}
