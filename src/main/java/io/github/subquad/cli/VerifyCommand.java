package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionResult;
import io.github.subquad.ProgressListener;
import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

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
                    + " error is more than rounding explains. With --gradients, the gradient of the"
                    + " output is grad_output of the --input file if it has one, else random.",
        },
        footer = {
            "  subquad verify --shape 8,1024,1024,64",
            "  subquad verify --shape 32,1,65536,128 --kv-heads 8 --causal --threads 1",
            "  subquad verify --input qkv.safetensors --precision bf16",
            "  subquad verify --shape 8,1024,1024,64 --gradients",
        })
final class VerifyCommand implements Callable<Integer> {
    private static final String TEXT = "%-20s %s%n";

    @Mixin private final InputOptions inputs = new InputOptions();
    @Mixin private final ShapeOptions shape = new ShapeOptions();
    @Mixin private final GradientsOptions gradients = new GradientsOptions();
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
        boolean withGradients = gradients.wanted();
        try (var tensors = shape.given() ? inputs.random(shape.parse(), seed) : inputs.open();
                var progress = new TerminalProgress("verify");
                var attention = open(progress)) {
            boolean ok =
                    withGradients
                            ? verifyGradients(attention, tensors)
                            : verifyResult(attention, tensors);
            out().printf(TEXT, "verdict", ok ? "ok" : "FAILED");
            return ok ? 0 : 1;
        }
    }

    private Attention open(ProgressListener progress) {
        var options = AttentionOptions.builder().returnLogSumExp(true).progress(progress);
        return engine.open(gradients.setOn(options));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private boolean verifyResult(Attention attention, InputTensors tensors) {
        EngineOptions.plan(attention::plan, tensors.shape());
        AttentionResult result = tensors.attend(attention);
        return judge(attention, tensors, result.output(), result.logSumExp());
    }

    private boolean verifyGradients(Attention attention, InputTensors tensors) throws IOException {
        EngineOptions.plan(attention::planForward, tensors.shape());
        EngineOptions.plan(attention::planBackward, tensors.shape());
        Tensor gradOutput = tensors.gradOutputOrRandom(seed);
        try (var tape = tensors.forward(attention)) {
            AttentionGradients got = tape.backward(gradOutput);
            boolean ok = judge(attention, tensors, tape.output(), tape.logSumExp());
            GradientVerdict verdict =
                    GradientVerdict.of(
                            tensors.inputs(attention.options()),
                            tape.output(),
                            tape.logSumExp(),
                            gradOutput,
                            got,
                            attention.options().precision(),
                            seed);
            print("gradient of query", verdict.query(), out());
            print("gradient of key", verdict.key(), out());
            print("gradient of value", verdict.value(), out());
            return ok && verdict.ok();
        }
    }

    private boolean judge(
            Attention attention, InputTensors tensors, Tensor output, @Nullable Tensor logSumExp) {
        Verdict verdict =
                Verdict.of(
                        tensors.inputs(attention.options()),
                        output,
                        logSumExp,
                        attention.options().precision(),
                        seed);
        print(attention.device().address(), verdict, out());
        return verdict.ok();
    }

    private static void print(String device, Verdict verdict, PrintWriter out) {
        String number = "%-20s %.2e%n";
        out.printf(TEXT, "device", device);
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
    }

    private static void print(String name, GradientVerdict.Part part, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%-20s error %.2e, bound %.2e, any row takes %.2f of its own bound at most, %d of"
                        + " %d rows checked%n",
                name,
                part.relativeError(),
                part.bound(),
                part.greatestShare(),
                part.rowsChecked(),
                part.rows());
    }
}
