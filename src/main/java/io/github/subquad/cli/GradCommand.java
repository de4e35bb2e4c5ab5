package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionTape;
import io.github.subquad.MemoryBudget;
import io.github.subquad.ProgressListener;
import io.github.subquad.tensor.Tensor;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** Files in, gradients out. */
@Command(
        name = "grad",
        header = "Attend, and differentiate: the gradients of query, key and value.",
        description = {
            "grad_output is the gradient of a scalar, such as a loss, with respect to the output,"
                + " in its shape. The result is that scalar's gradients with respect to the inputs,"
                + " in their shapes, as float32: the --output file holds grad_query, grad_key and"
                + " grad_value beside the output. Files appear only when all are whole.",
        },
        footer = {
            "  subquad grad --input qkv.safetensors --output grads.safetensors --causal",
            "  subquad grad --input qkv.safetensors --output grads.safetensors --mask-tensor bias"
                    + " --grad-mask",
            "  subquad grad --input qkv.safetensors --output grads.safetensors --no-checkpoint \\",
            "      --memory-budget 1GiB",
            "  subquad grad --query q.npy --key k.npy --value v.npy --grad-output do.npy \\",
            "      --grad-query-output dq.npy --grad-key-output dk.npy --grad-value-output dv.npy",
        })
final class GradCommand implements Callable<Integer> {
    @Mixin private final GradientInputOptions inputs = new GradientInputOptions();
    @Mixin private final GradientOutputOptions outputs = new GradientOutputOptions();
    @Mixin private final CheckpointOptions checkpoint = new CheckpointOptions();
    @Mixin private final EngineOptions engine = new EngineOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (var tensors = inputs.open()) {
            OutputFiles files = outputs.check(inputs);
            outputs.checkMask(tensors.mask());
            Tensor gradOutput = inputs.gradOutput(tensors);
            long start = System.nanoTime();
            try (var progress = new TerminalProgress("grad");
                    var attention = open(progress)) {
                var forward = EngineOptions.plan(attention::planForward, tensors.shape());
                var backward = EngineOptions.plan(attention::planBackward, tensors.shape());
                try (var tape = tensors.forward(attention)) {
                    files.write(results(tape, tape.backward(gradOutput)));
                }
                spec.commandLine()
                        .getOut()
                        .printf(
                                Locale.ROOT,
                                "%s: gradients by %s, %s forward and %s backward beyond inputs and"
                                        + " outputs, %.3f s%n",
                                files.names(),
                                attention.device().address(),
                                MemoryBudget.format(forward.extraBytes()),
                                MemoryBudget.format(backward.extraBytes()),
                                1e-9 * (System.nanoTime() - start));
            }
        }
        return 0;
    }

    private Attention open(ProgressListener progress) {
        var options = AttentionOptions.builder().progress(progress);
        return engine.open(outputs.setOn(checkpoint.setOn(options)));
    }

    private static Map<String, Tensor> results(AttentionTape tape, AttentionGradients gradients) {
        Map<String, Tensor> results = new HashMap<>();
        results.put("output", tape.output());
        results.put("log_sum_exp", tape.logSumExp());
        results.put("grad_query", gradients.query());
        results.put("grad_key", gradients.key());
        results.put("grad_value", gradients.value());
        if (gradients.mask() != null) {
            results.put("grad_mask", gradients.mask());
        }
        return results;
    }
}
