package io.github.subquad.cli;

import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionResult;
import io.github.subquad.MemoryBudget;
import io.github.subquad.tensor.Tensor;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** Files in, a file out. */
@Command(
        name = "attend",
        header = "Attend query to key and value, read from files, and write the result.",
        description = {
            "Tensors are [batch*heads, tokens, channels] or [batch, heads, tokens, channels]; key"
                + " and value may have fewer heads, shared by groups of query heads. The result has"
                + " the query's rank and type, and appears only when it is whole.",
        },
        footer = {
            "  subquad attend --input qkv.safetensors --output out.safetensors --causal",
            "  subquad attend --input qkv.safetensors --output out.safetensors --mask-tensor mask"
                    + " --log-sum-exp",
            "  subquad attend --query q.npy --key k.npy --value v.npy --output o.npy"
                    + " --memory-budget 64MiB",
        })
final class AttendCommand implements Callable<Integer> {
    @Mixin private final InputOptions inputs = new InputOptions();
    @Mixin private final OutputOptions outputs = new OutputOptions();
    @Mixin private final EngineOptions engine = new EngineOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (var tensors = inputs.open()) {
            OutputFiles files = outputs.check(inputs);
            long start = System.nanoTime();
            try (var progress = new TerminalProgress("attend");
                    var attention =
                            engine.open(
                                    AttentionOptions.builder()
                                            .returnLogSumExp(outputs.wantsLogSumExp())
                                            .progress(progress))) {
                var plan = EngineOptions.plan(attention::plan, tensors.shape());
                AttentionResult result = tensors.attend(attention);
                files.write(results(result));
                spec.commandLine()
                        .getOut()
                        .printf(
                                Locale.ROOT,
                                "%s: %s by %s, %s beyond inputs and output, %.3f s%n",
                                files.names(),
                                result.output(),
                                attention.device().address(),
                                MemoryBudget.format(plan.extraBytes()),
                                1e-9 * (System.nanoTime() - start));
            }
        }
        return 0;
    }

    private static Map<String, Tensor> results(AttentionResult result) {
        Tensor logSumExp = result.logSumExp();
        return logSumExp == null
                ? Map.of("output", result.output())
                : Map.of("output", result.output(), "log_sum_exp", logSumExp);
    }
}
