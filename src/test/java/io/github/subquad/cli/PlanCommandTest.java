package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.MemoryBudget;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanCommandTest {
    @Test
    void isThePlanOfTheLibrary() {
        var options =
                AttentionOptions.builder()
                        .backend("cpu")
                        .threads(3)
                        .memoryBudget(MemoryBudget.parse("2MiB"))
                        .build();
        try (var attention = Attention.open(options)) {
            var plan = attention.plan(new AttentionShape(8, 2, 1000, 3000, 64, 32));
            var run =
                    Run.ofLine(
                            "plan --shape 8,1000,3000,64,32 --kv-heads 2 --backend cpu --threads 3"
                                    + " --memory-budget 2MiB");
            assertThat(run.succeeds().out())
                    .isEqualToNormalizingNewlines(
                            "device    cpu:0\n%s\n".formatted(plan.explain()));
        }
    }

    @ParameterizedTest(name = "plan --gradients {0}")
    @ValueSource(strings = {"", "--no-checkpoint"})
    void ofGradientsItIsThePlansOfBothPasses(String checkpoint) {
        var options =
                AttentionOptions.builder()
                        .backend("cpu")
                        .threads(2)
                        .memoryBudget(MemoryBudget.parse("3MiB"))
                        .useCheckpoint(checkpoint.isEmpty())
                        .build();
        try (var attention = Attention.open(options)) {
            var shape = new AttentionShape(4, 4, 300, 200, 32, 32);
            var run =
                    Run.ofLine(
                            "plan --gradients --shape 4,300,200,32 --backend cpu --threads 2"
                                    + " --memory-budget 3MiB "
                                    + checkpoint);
            assertThat(run.succeeds().out())
                    .isEqualToNormalizingNewlines(
                            "device    cpu:0\n\nForward pass\n%s\n\nBackward pass\n%s\n"
                                    .formatted(
                                            attention.planForward(shape).explain(),
                                            attention.planBackward(shape).explain()));
        }
    }

    @Test
    void showsChunksAndWhatANaiveEvaluationTakes() {
        var run =
                Run.ofLine(
                        "plan --shape 16,4096,4096,40 --kernel staged --backend reference"
                                + " --query-chunk-size 1000 --kv-chunk-size-min 100");
        assertThat(run.succeeds().out())
                .contains("queries   5 chunks of 1000")
                .contains("keys      41 chunks of 100")
                .containsPattern(
                        "a naive evaluation's scores +1.073.741.824 bytes \\(1\\.00 GiB\\)");
    }
}
