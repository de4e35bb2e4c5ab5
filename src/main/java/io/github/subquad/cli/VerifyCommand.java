package io.github.subquad.cli;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionResult;
import io.github.subquad.reference.Verdict;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Attends, and measures how far the result lies from float64. */
@Command(
        name = "verify",
        header = "Attend, and compare the result with float64.",
        description = {
            "All rows of a small call are compared, a random sample of a large one. Fails if the"
                    + " error is more than rounding explains.",
        },
        footer = {
            "  subquad verify --shape 8,1024,1024,64",
            "  subquad verify --shape 32,1,65536,128 --kv-heads 8 --causal --threads 1",
            "  subquad verify --input qkv.safetensors --precision bf16",
        })
final class VerifyCommand implements Callable<Integer> {
    @Mixin private final InputOptions inputs = new InputOptions();
    @Mixin private final ShapeOptions shape = new ShapeOptions();
    @Mixin private final EngineOptions engine = new EngineOptions();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Seed of the random numbers and of the sample (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (var tensors = shape.given() ? inputs.random(shape.parse(), seed) : inputs.open();
                var progress = new TerminalProgress("verify");
                var attention = engine.open(true, progress)) {
            EngineOptions.plan(attention, tensors.shape());
            AttentionResult result = tensors.attend(attention);
            Verdict verdict =
                    Verdict.of(
                            AttentionInputs.of(
                                    tensors.query(),
                                    tensors.key(),
                                    tensors.value(),
                                    tensors.mask(),
                                    attention.options()),
                            result.output(),
                            result.logSumExp(),
                            attention.options().precision(),
                            seed);
            print(attention.device().address(), verdict, spec.commandLine().getOut());
            return verdict.ok() ? 0 : 1;
        }
    }

    private static void print(String device, Verdict verdict, PrintWriter out) {
        String text = "%-20s %s%n";
        String number = "%-20s %.2e%n";
        out.printf(text, "device", device);
        out.printf(Locale.ROOT, number, "relative error", verdict.relativeError());
        out.printf(Locale.ROOT, number, "greatest row error", verdict.greatestRowError());
        out.printf(Locale.ROOT, number, "log-sum-exp error", verdict.logSumExpError());
        out.printf(Locale.ROOT, number, "bound", verdict.bound());
        out.printf(
                Locale.ROOT,
                "%-20s %.2f of its own bound, at most%n",
                "any row takes",
                verdict.greatestShare());
        out.printf("%-20s %d of %d%n", "rows checked", verdict.rowsChecked(), verdict.rows());
        out.printf(text, "verdict", verdict.ok() ? "ok" : "FAILED");
    }
}
