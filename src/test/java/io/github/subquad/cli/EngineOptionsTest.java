package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.AttentionOptions;
import io.github.subquad.Causal;
import io.github.subquad.Kernel;
import io.github.subquad.MemoryBudget;
import io.github.subquad.tensor.DataType;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;

class EngineOptionsTest {
    @Test
    void everyOptionReachesTheLibrary() {
        assertThat(
                        parse(
                                "--query-chunk-size 2 --kv-chunk-size 3 --kv-chunk-size-min 4"
                                        + " --causal=top-left --scale 0.5 --memory-budget 1GiB"
                                        + " --threads 2 --backend cpu --device 0 --precision F16"
                                        + " --kernel staged"))
                .isEqualTo(
                        AttentionOptions.builder()
                                .queryChunkSize(2)
                                .kvChunkSize(3)
                                .kvChunkSizeMin(4)
                                .causal(Causal.TOP_LEFT)
                                .scale(0.5)
                                .memoryBudget(new MemoryBudget(1 << 30))
                                .threads(2)
                                .backend("cpu")
                                .device("0")
                                .precision(DataType.F16)
                                .kernel(Kernel.STAGED)
                                .returnLogSumExp(true)
                                .build());
    }

    @Test
    void notGivenTheyAreTheLibrarysDefaults() {
        assertThat(parse(""))
                .isEqualTo(AttentionOptions.DEFAULTS.toBuilder().returnLogSumExp(true).build());
    }

    @Test
    void causalAloneMeansBottomRight() {
        assertThat(parse("--causal").causal()).isEqualTo(Causal.BOTTOM_RIGHT);
    }

    private static AttentionOptions parse(String line) {
        var command = CommandLine.Model.CommandSpec.create();
        var options = new EngineOptions();
        command.addMixin("engine", CommandLine.Model.CommandSpec.forAnnotatedObject(options));
        new CommandLine(command).parseArgs(line.isEmpty() ? new String[0] : line.split(" "));
        try (var attention = options.open(AttentionOptions.builder().returnLogSumExp(true))) {
            return attention.options();
        }
    }
}
