package io.github.subquad.cli;

import io.github.subquad.AttentionResult;
import io.github.subquad.io.NpyFile;
import io.github.subquad.io.SafetensorsWriter;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The files that a result goes to.
 *
 * @param output npy, or a safetensors file that holds the log-sum-exp too if there is one
 * @param logSumExp where the log-sum-exp goes if the files are npy
 * @param npy whether the files are npy
 */
record OutputFiles(Path output, @Nullable Path logSumExp, boolean npy) {
    /** Writes all or nothing. */
    void write(AttentionResult result) throws IOException {
        if (!npy) {
            Map<String, Tensor> tensors = new HashMap<>();
            tensors.put("output", result.output());
            if (result.logSumExp() != null) {
                tensors.put("log_sum_exp", result.logSumExp());
            }
            SafetensorsWriter.write(output, tensors, Map.of());
            return;
        }
        if (logSumExp != null && result.logSumExp() != null) {
            NpyFile.write(output, result.output(), logSumExp, result.logSumExp());
        } else {
            NpyFile.write(output, result.output());
        }
    }
}
