package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

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
            "  subquad plan --shape 8,4096,4096,64 --gradients --no-checkpoint --memory-budget"
                    + " 1GiB",
        })
final class PlanCommand implements Callable<Integer> {
    @Mixin private final ShapeOptions shape = new ShapeOptions();
    @Mixin private final GradientsOptions gradients = new GradientsOptions();
    @Mixin private final EngineOptions engine = new EngineOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        boolean withGradients = gradients.wanted();
        var sizes = shape.parse();
        try (var attention = engine.open(gradients.setOn(AttentionOptions.builder()))) {
            String plan =
                    withGradients
                            ? explainPasses(attention, sizes)
                            : EngineOptions.plan(attention::plan, sizes).explain();
            spec.commandLine()
                    .getOut()
                    .printf("%-9s %s%n%s%n", "device", attention.device().address(), plan);
        }
        return 0;
    }

    private static String explainPasses(Attention attention, AttentionShape shape) {
        return "%nForward pass%n%s%n%nBackward pass%n%s"
                .formatted(
                        EngineOptions.plan(attention::planForward, shape).explain(),
                        EngineOptions.plan(attention::planBackward, shape).explain());
    }
}
