package io.github.subquad.cli;

import static io.github.subquad.cli.Tensors.assertClose;
import static io.github.subquad.cli.Tensors.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.subquad.io.SafetensorsWriter;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

class AttendCommandTest {
    @TempDir private Path directory;

    private Path input;
    private Path output;

    @BeforeEach
    void nameFiles() {
        input = directory.resolve("in.safetensors");
        output = directory.resolve("out.safetensors");
    }

    @Test
    void saysInOneLineWhatWasDone() throws IOException {
        Tensors.writeSmall(input);
        Run run = Run.of("attend", "--input", input, "--output", output).succeeds();
        assertThat(run.out())
                .matches(
                        "\\Q%s\\E: F32 \\[2, 5, 4] by \\w+:\\w+, [0-9.]+ \\w+ beyond inputs and output, [0-9.]+ s\\R"
                                .formatted(output));
    }

    @Test
    void takesTheFileThereWasInTheOutputsPlace() throws IOException {
        Tensors.writeSmall(input);
        Files.writeString(output, "something else");
        Run.of("attend", "--input", input, "--output", output).succeeds();
        assertThat(Tensors.read(output, "output").shape()).containsExactly(2, 5, 4);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(input, output);
        }
    }

    @Test
    void rank4InIsRank4Out() throws IOException {
        Tensor query = random(1, DataType.F32, 2, 4, 9, 8);
        Tensor key = random(2, DataType.F32, 2, 2, 11, 8);
        Tensor value = random(3, DataType.F32, 2, 2, 11, 5);
        Tensors.write(input, query, key, value);
        Run.of("attend", "--input", input, "--output", output, "--log-sum-exp").succeeds();
        assertThat(Tensors.read(output, "output").shape()).containsExactly(2, 4, 9, 5);
        assertThat(Tensors.read(output, "log_sum_exp").shape()).containsExactly(2, 4, 9);

        Path flat = directory.resolve("flat.safetensors");
        Path flatOutput = directory.resolve("flat-out.safetensors");
        Tensors.write(flat, flat(query), flat(key), flat(value));
        Run.of("attend", "--input", flat, "--output", flatOutput).succeeds();
        assertThat(Tensors.read(flatOutput, "output").toFloatArray())
                .isEqualTo(Tensors.read(output, "output").toFloatArray());
    }

    private static Tensor flat(Tensor t) {
        return Tensor.of(t.toFloatArray(), t.size(0) * t.size(1), t.size(2), t.size(3));
    }

    @ParameterizedTest(name = "{0} in is {0} out")
    @EnumSource(names = {"F32", "F16", "BF16"})
    void theOutputHasTheTypeOfTheQuery(DataType type) throws IOException {
        Tensor query = random(1, type, 2, 9, 8);
        Tensor key = random(2, type, 2, 11, 8);
        Tensor value = random(3, type, 2, 11, 8);
        Tensors.write(input, query, key, value);
        Run.of("attend", "--input", input, "--output", output).succeeds();
        Tensor got = Tensors.read(output, "output");
        assertThat(got.dataType()).isEqualTo(type);

        Path wide = directory.resolve("wide.safetensors");
        Path wideOutput = directory.resolve("wide-out.safetensors");
        Tensors.write(wide, query.to(DataType.F32), key.to(DataType.F32), value.to(DataType.F32));
        Run.of("attend", "--input", wide, "--output", wideOutput).succeeds();
        assertClose(got, Tensors.read(wideOutput, "output"), type == DataType.BF16 ? 4e-3 : 5e-4);
    }

    @Test
    void otherTensorsOfTheInputFileAreLeftAlone() throws IOException {
        SafetensorsWriter.write(
                input,
                Map.of(
                        "query", random(1, DataType.F32, 1, 3, 4),
                        "key", random(2, DataType.F32, 1, 3, 4),
                        "value", random(3, DataType.F32, 1, 3, 4),
                        "a mask", Tensor.allocate(DataType.BOOL, 9, 9)),
                Map.of("note", "kept"));
        byte[] before = Files.readAllBytes(input);
        Run.of("attend", "--input", input, "--output", output).succeeds();
        assertThat(Files.readAllBytes(input)).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0} is the mask key <= query + {1}")
    @CsvSource({"--causal, 2", "--causal=bottom-right, 2", "--causal=TOP-LEFT, 0"})
    void causalIsAMask(String option, int diagonal) throws IOException {
        Tensors.writeSmall(input);
        Tensor visible = Tensor.allocate(DataType.BOOL, 1, 5, 7);
        for (int query = 0; query < 5; query++) {
            for (int key = 0; key <= Math.min(6, query + diagonal); key++) {
                visible.set(1, 0, query, key);
            }
        }
        Path mask = Tensors.npy(directory.resolve("mask.npy"), visible);
        Path masked = directory.resolve("masked.safetensors");
        Run.of("attend", "--input", input, "--output", output, option).succeeds();
        Run.of("attend", "--input", input, "--output", masked, "--mask", mask).succeeds();
        assertClose(Tensors.read(output, "output"), Tensors.read(masked, "output"), 1e-6);
    }

    @Test
    void scaleZeroGivesTheMeanOfTheValues() throws IOException {
        Tensors.writeSmall(input);
        Run.of("attend", "--input", input, "--output", output, "--scale", 0).succeeds();
        Tensor value = Tensors.read(input, "value");
        Tensor got = Tensors.read(output, "output");
        float mean = 0;
        for (int key = 0; key < 7; key++) {
            mean += value.get(1, key, 3) / 7;
        }
        for (int query = 0; query < 5; query++) {
            assertThat(got.get(1, query, 3)).isCloseTo(mean, within(1e-6f));
        }
    }

    @Test
    void noKeysGiveZerosAndMinusInfinity() throws IOException {
        Tensors.write(
                input,
                random(1, DataType.F32, 2, 3, 4),
                Tensor.allocate(DataType.F32, 2, 0, 4),
                Tensor.allocate(DataType.F32, 2, 0, 4));
        Run.of("attend", "--input", input, "--output", output, "--log-sum-exp").succeeds();
        assertThat(Tensors.read(output, "output").toFloatArray()).containsOnly(0);
        assertThat(Tensors.read(output, "log_sum_exp").toFloatArray())
                .containsOnly(Float.NEGATIVE_INFINITY);
    }

    @Test
    void precisionRoundsTheInputs() throws IOException {
        Tensors.writeSmall(input);
        Path rounded = directory.resolve("rounded.safetensors");
        Tensors.write(rounded, rounded("query"), rounded("key"), rounded("value"));
        Path expected = directory.resolve("expected.safetensors");
        Run.of("attend", "--input", input, "--output", output, "--precision", "bf16").succeeds();
        Run.of("attend", "--input", rounded, "--output", expected).succeeds();
        assertClose(Tensors.read(output, "output"), Tensors.read(expected, "output"), 1e-6);
    }

    private Tensor rounded(String name) throws IOException {
        return Tensors.read(input, name).to(DataType.BF16).to(DataType.F32);
    }

    @Test
    void anInterruptedCallLeavesNothing() throws IOException {
        Tensors.writeSmall(input);
        Thread.currentThread().interrupt();
        Run run = Run.of("attend", "--input", input, "--output", output);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(run.err()).matches("subquad: (.*: )?interrupted\\R");
        assertThat(run.status()).isEqualTo(1);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(input);
        }
    }
}
