package io.github.subquad.cli;

import static io.github.subquad.cli.Tensors.random;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.io.SafetensorsWriter;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

class VerifyCommandTest {
    @TempDir private Path directory;

    @ParameterizedTest(name = "verify --shape {0}")
    @ValueSource(
            strings = {
                "2,65,67,16",
                "1,1,1000,32",
                "2,33,65,16,24",
                "4,20,30,8 --kv-heads 2",
                "2,50,50,16 --causal",
                "2,50,50,16 --precision bf16",
                "2,50,50,16 --kernel staged --query-chunk-size 16 --kv-chunk-size 9",
                "2,50,50,16 --backend reference",
                "2,50,0,16",
                "0,50,50,16",
                "2,65,67,16 --gradients",
                "2,65,67,16 --gradients --no-checkpoint",
                "2,300,400,16 --gradients --no-checkpoint --memory-budget 512KiB --threads 1",
                "4,20,30,8,12 --kv-heads 2 --gradients --causal",
                "2,50,50,16 --gradients --precision bf16",
                "2,50,50,16 --gradients --query-chunk-size 16 --kv-chunk-size 9",
                "2,50,50,16 --gradients --backend reference",
                "2,50,0,16 --gradients",
                "2,0,50,16 --gradients",
                "0,50,50,16 --gradients",
            })
    void randomTensorsAreRight(String shape) {
        Run run = Run.ofLine("verify --shape " + shape).succeeds();
        assertThat(run.out()).containsPattern("verdict +ok\\R$");
    }

    @Test
    void printsEveryErrorItsBoundAndTheRows() {
        assertThat(Run.ofLine("verify --shape 2,65,67,16 --backend reference").succeeds().out())
                .matches(
                        """
                        device               reference:0
                        relative error       \\d\\.\\d\\de-\\d\\d
                        greatest row error   \\d\\.\\d\\de-\\d\\d
                        log-sum-exp error    \\d\\.\\d\\de-\\d\\d
                        bound                \\d\\.\\d\\de-\\d\\d
                        any row takes        \\d\\.\\d\\d of its own bound, at most
                        rows checked         130 of 130
                        verdict              ok
                        """
                                .replace("\n", "\\R"));
    }

    @Test
    void printsTheErrorOfEachGradientToo() {
        String gradient =
                " error \\d\\.\\d\\de-\\d\\d, bound \\d\\.\\d\\de-\\d\\d, any row takes"
                        + " \\d\\.\\d\\d of its own bound at most, %1$d of %1$d rows checked\\R";
        assertThat(Run.ofLine("verify --shape 2,65,67,16 --gradients").succeeds().out())
                .containsPattern(
                        "rows checked         130 of 130\\R"
                                + ("gradient of query   " + gradient).formatted(130)
                                + ("gradient of key     " + gradient).formatted(134)
                                + ("gradient of value   " + gradient).formatted(134)
                                + "verdict              ok\\R$");
    }

    @Test
    void gradOutputOfTheFileIsTakenIfItHasOne() throws IOException {
        Path input = directory.resolve("in.safetensors");
        Tensor numbers = random(1, DataType.F32, 2, 5, 4);
        SafetensorsWriter.write(
                input,
                Map.of(
                        "query", numbers,
                        "key", numbers,
                        "value", numbers,
                        "grad_output", Tensor.allocate(DataType.F16, 2, 5, 4)),
                Map.of());
        assertThat(Run.of("verify", "--input", input, "--gradients").succeeds().out())
                .contains("gradient of query    error 0.00e+00, bound 0.00e+00")
                .contains("gradient of key      error 0.00e+00, bound 0.00e+00");
        Tensors.write(input, numbers, numbers, numbers);
        assertThat(Run.of("verify", "--input", input, "--gradients").succeeds().out())
                .doesNotContain("bound 0.00e+00");
    }

    @Test
    void theSameSeedGivesTheSameNumbers() {
        String line = "verify --shape 2,65,67,16 --threads 1 --seed ";
        assertThat(Run.ofLine(line + 5).out()).isEqualTo(Run.ofLine(line + 5).out());
        assertThat(Run.ofLine(line + 5).out()).isNotEqualTo(Run.ofLine(line + 6).out());
    }

    @Test
    void filesAreVerifiedWithTheirMask() throws IOException {
        Path input = Tensors.writeSmall(directory.resolve("in.safetensors"));
        Path mask = Tensors.npy(directory.resolve("mask.npy"), random(4, DataType.F32, 2, 1, 7));
        Run.of("verify", "--input", input, "--mask", mask).succeeds();
        Path rows = Tensors.npy(directory.resolve("rows.npy"), random(4, DataType.F32, 5, 7));
        Run.of("verify", "--input", input, "--mask", rows).succeeds();
        Run.of("verify", "--shape", "2,5,7,4", "--mask", mask).succeeds();
    }

    /** Scores of 1e40 exceed float32 and not float64: no float32 engine can be right. */
    @Test
    void aWrongResultFails() throws IOException {
        Tensor huge = Tensor.of(new float[] {1e20f, 2e20f, 3e20f}, 1, 3, 1);
        Path input = Tensors.write(directory.resolve("in.safetensors"), huge, huge, huge);
        Run run = Run.of("verify", "--input", input, "--scale", 1, "--backend", "cpu");
        assertThat(run.out()).containsPattern("verdict +FAILED\\R$");
        assertThat(run.status()).isEqualTo(1);
    }

    /** Of a forward pass that is right; products of its values exceed float32 as above. */
    @Test
    void wrongGradientsFail() throws IOException {
        Path input = directory.resolve("in.safetensors");
        Tensor small = Tensor.of(new float[] {1, 2, 3}, 1, 3, 1);
        Tensor huge = Tensor.of(new float[] {1e20f, 2e20f, 3e20f}, 1, 3, 1);
        SafetensorsWriter.write(
                input,
                Map.of("query", small, "key", small, "value", huge, "grad_output", huge),
                Map.of());
        Run run = Run.of("verify", "--input", input, "--gradients");
        assertThat(run.out())
                .doesNotContainPattern("\\Rrelative error +(Infinity|NaN)")
                .containsPattern("verdict +FAILED\\R$");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void anInterruptEndsIt() {
        Thread.currentThread().interrupt();
        Run run = Run.ofLine("verify --shape 2,65,67,16");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(run).isEqualTo(new Run(1, "", "subquad: interrupted" + System.lineSeparator()));
    }
}
