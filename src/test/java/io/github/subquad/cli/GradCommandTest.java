package io.github.subquad.cli;

import static io.github.subquad.cli.Tensors.assertClose;
import static io.github.subquad.cli.Tensors.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.subquad.io.Cases;
import io.github.subquad.io.SafetensorsFile;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class GradCommandTest {
    private static final double TOLERANCE = 2e-6;

    private static final List<String> GRADIENTS = List.of("grad_query", "grad_key", "grad_value");

    @TempDir private Path directory;

    private Path input;
    private Path output;

    @BeforeEach
    void nameFiles() {
        input = directory.resolve("in.safetensors");
        output = directory.resolve("out.safetensors");
    }

    @ParameterizedTest(name = "{0} {1} from safetensors")
    @CsvSource({
        "gradients_even, ''",
        "gradients_even, --no-checkpoint",
        "gradients_ragged, ''",
        "gradients_ragged, --no-checkpoint",
        "gradients_ragged, --query-chunk-size 16 --kv-chunk-size 11",
    })
    void goldenGradientsFromSafetensors(String name, String options) throws IOException {
        Path golden = Cases.golden(name);
        grad("--input", golden, "--output", output, options);
        try (var file = SafetensorsFile.open(output)) {
            assertThat(file.names())
                    .containsExactlyInAnyOrder("output", "grad_query", "grad_key", "grad_value");
        }
        for (String tensor : GRADIENTS) {
            assertClose(Tensors.read(output, tensor), Tensors.read(golden, tensor), TOLERANCE);
        }
        assertClose(Tensors.read(output, "output"), Tensors.read(golden, "output"), 1e-6);
    }

    @ParameterizedTest(name = "{0} {1} from npy")
    @CsvSource({
        "gradients_even, ''",
        "gradients_ragged, ''",
        "gradients_ragged, --no-checkpoint",
    })
    void goldenGradientsFromNpy(String name, String options) throws IOException {
        Path golden = Cases.golden(name);
        List<Object> words = new ArrayList<>(npyInputs(golden));
        Map<String, String> outputs = new HashMap<>();
        outputs.put("output", "--output");
        outputs.put("log_sum_exp", "--log-sum-exp-output");
        outputs.put("grad_query", "--grad-query-output");
        outputs.put("grad_key", "--grad-key-output");
        outputs.put("grad_value", "--grad-value-output");
        outputs.forEach((tensor, option) -> words.addAll(List.of(option, result(tensor))));
        words.add(options);
        grad(words.toArray());
        for (String tensor : outputs.keySet()) {
            assertClose(Tensors.readNpy(result(tensor)), Tensors.read(golden, tensor), TOLERANCE);
        }
    }

    /** Options for the tensors of a safetensors file, saved as npy files. */
    private List<Object> npyInputs(Path file) throws IOException {
        List<Object> words = new ArrayList<>();
        for (String name : List.of("query", "key", "value", "grad_output")) {
            Path npy = Tensors.npy(directory.resolve(name + ".npy"), Tensors.read(file, name));
            words.addAll(List.of("--" + name.replace('_', '-'), npy));
        }
        return words;
    }

    private Path result(String tensor) {
        return directory.resolve("result_" + tensor + ".npy");
    }

    /** Options may be several words, or none. */
    private static Run grad(Object... options) {
        List<Object> words = new ArrayList<>(List.of("grad"));
        for (Object option : options) {
            if (option instanceof String text) {
                words.addAll(text.isEmpty() ? List.of() : List.of(text.split(" ")));
            } else {
                words.add(option);
            }
        }
        return Run.of(words.toArray()).succeeds();
    }

    private void writeInput(Tensor query, Tensor key, Tensor value, Tensor gradOutput)
            throws IOException {
        write(Map.of("query", query, "key", key, "value", value, "grad_output", gradOutput));
    }

    private void write(Map<String, Tensor> tensors) throws IOException {
        SafetensorsWriter.write(input, tensors, Map.of());
    }

    /** 2 heads, 5 queries, 7 keys, 4 channels. */
    private void writeSmall() throws IOException {
        writeInput(
                random(1, DataType.F32, 2, 5, 4),
                random(2, DataType.F32, 2, 7, 4),
                random(3, DataType.F32, 2, 7, 4),
                random(4, DataType.F32, 2, 5, 4));
    }

    private void onlyTheseAreThere(Path... files) throws IOException {
        try (var all = Files.list(directory)) {
            assertThat(all).containsExactlyInAnyOrder(files);
        }
    }

    @Test
    void saysInOneLineWhatWasDone() throws IOException {
        writeSmall();
        assertThat(grad("--input", input, "--output", output).out())
                .matches(
                        ("\\Q%s\\E: gradients by \\w+:\\w+, [0-9.]+ \\w+ forward and [0-9.]+ \\w+"
                                        + " backward beyond inputs and outputs, [0-9.]+ s\\R")
                                .formatted(output));
        onlyTheseAreThere(input, output);
    }

    @Test
    void ofNpyFilesOnlyThoseThatAreNamedAreWritten() throws IOException {
        Path golden = Cases.golden("gradients_even");
        List<Object> words = npyInputs(golden);
        List<Path> files = new ArrayList<>();
        words.stream().filter(Path.class::isInstance).forEach(path -> files.add((Path) path));
        words.addAll(List.of("--grad-key-output", result("grad_key")));
        Run run = grad(words.toArray());
        assertThat(run.out()).startsWith(result("grad_key") + ": gradients by ");
        files.add(result("grad_key"));
        onlyTheseAreThere(files.toArray(Path[]::new));
        assertClose(
                Tensors.readNpy(result("grad_key")), Tensors.read(golden, "grad_key"), TOLERANCE);
    }

    @Test
    void theGradientsHaveTheShapesOfTheInputs() throws IOException {
        writeInput(
                random(1, DataType.F32, 2, 4, 9, 8),
                random(2, DataType.F32, 2, 2, 11, 8),
                random(3, DataType.F32, 2, 2, 11, 5),
                random(4, DataType.F32, 2, 4, 9, 5));
        grad("--input", input, "--output", output, "--log-sum-exp");
        assertThat(Tensors.read(output, "output").shape()).containsExactly(2, 4, 9, 5);
        assertThat(Tensors.read(output, "log_sum_exp").shape()).containsExactly(2, 4, 9);
        assertThat(Tensors.read(output, "grad_query").shape()).containsExactly(2, 4, 9, 8);
        assertThat(Tensors.read(output, "grad_key").shape()).containsExactly(2, 2, 11, 8);
        assertThat(Tensors.read(output, "grad_value").shape()).containsExactly(2, 2, 11, 5);
    }

    @ParameterizedTest(name = "of {0}")
    @EnumSource(names = {"F32", "F16", "BF16"})
    void theGradientsAreFloat32WhateverTheInputs(DataType type) throws IOException {
        Map<String, Tensor> tensors = new HashMap<>();
        tensors.put("query", random(1, type, 2, 9, 8));
        tensors.put("key", random(2, type, 2, 11, 8));
        tensors.put("value", random(3, type, 2, 11, 8));
        tensors.put("grad_output", random(4, type, 2, 9, 8));
        write(tensors);
        grad("--input", input, "--output", output);

        Path wideOutput = directory.resolve("wide-out.safetensors");
        tensors.replaceAll((name, tensor) -> tensor.to(DataType.F32));
        write(tensors);
        grad("--input", input, "--output", wideOutput);
        for (String name : GRADIENTS) {
            Tensor got = Tensors.read(output, name);
            assertThat(got.dataType()).isEqualTo(DataType.F32);
            double tolerance = type == DataType.BF16 ? 1e-2 : 2e-3;
            assertClose(got, Tensors.read(wideOutput, name), tolerance);
        }
    }

    /** A number added to all scores of a row changes nothing. */
    @Test
    void theGradientOfAMaskAddsUpToNothingInEachRow() throws IOException {
        writeSmall();
        Path mask = Tensors.npy(directory.resolve("mask.npy"), random(5, DataType.F32, 2, 5, 7));
        grad("--input", input, "--output", output, "--mask", mask, "--grad-mask");
        Tensor got = Tensors.read(output, "grad_mask");
        assertThat(got.shape()).containsExactly(2, 5, 7);
        for (int head = 0; head < 2; head++) {
            for (int query = 0; query < 5; query++) {
                float sum = 0;
                float size = 0;
                for (int key = 0; key < 7; key++) {
                    sum += got.get(head, query, key);
                    size += Math.abs(got.get(head, query, key));
                }
                assertThat(size).isGreaterThan(0.01f);
                assertThat(sum).isCloseTo(0, within(1e-5f * size));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"F32", "F16"})
    void theGradientOfARepeatedMaskIsASumOfFloat32(DataType type) throws IOException {
        Map<String, Tensor> tensors = new HashMap<>();
        tensors.put("query", random(1, DataType.F32, 2, 5, 4));
        tensors.put("key", random(2, DataType.F32, 2, 7, 4));
        tensors.put("value", random(3, DataType.F32, 2, 7, 4));
        tensors.put("grad_output", random(4, DataType.F32, 2, 5, 4));
        Tensor row = random(5, type, 1, 1, 7);
        tensors.put("row", row);
        tensors.put("whole", row.expand(0, 2).expand(1, 5).to(type));
        write(tensors);
        Path wholeOutput = directory.resolve("whole.safetensors");
        grad("--input", input, "--output", output, "--mask-tensor row --grad-mask");
        grad("--input", input, "--output", wholeOutput, "--mask-tensor whole --grad-mask");
        Tensor whole = Tensors.read(wholeOutput, "grad_mask");
        Tensor sums = Tensor.allocate(DataType.F32, 1, 1, 7);
        for (int head = 0; head < 2; head++) {
            for (int query = 0; query < 5; query++) {
                for (int key = 0; key < 7; key++) {
                    sums.set(sums.get(0, 0, key) + whole.get(head, query, key), 0, 0, key);
                }
            }
        }
        Tensor got = Tensors.read(output, "grad_mask");
        assertThat(got.dataType()).isEqualTo(DataType.F32);
        assertClose(got, sums, 1e-5);
    }

    @Test
    void theGradientOfAMaskGoesToAnNpyFileToo() throws IOException {
        Path golden = Cases.golden("gradients_ragged");
        Path mask = Tensors.npy(directory.resolve("mask.npy"), random(5, DataType.F32, 37, 53));
        List<Object> words = npyInputs(golden);
        words.addAll(List.of("--mask", mask, "--grad-mask-output", result("grad_mask")));
        grad(words.toArray());
        grad("--input", golden, "--output", output, "--mask", mask, "--grad-mask");
        assertThat(Tensors.readNpy(result("grad_mask")).shape()).containsExactly(37, 53);
        assertClose(
                Tensors.readNpy(result("grad_mask")), Tensors.read(output, "grad_mask"), TOLERANCE);
    }

    @ParameterizedTest(name = "{0} is the mask key <= query + {1}")
    @CsvSource({"--causal, 2", "--causal=top-left, 0"})
    void causalIsAMask(String option, int diagonal) throws IOException {
        writeSmall();
        Tensor visible = Tensor.allocate(DataType.BOOL, 1, 5, 7);
        for (int query = 0; query < 5; query++) {
            for (int key = 0; key <= Math.min(6, query + diagonal); key++) {
                visible.set(1, 0, query, key);
            }
        }
        Path mask = Tensors.npy(directory.resolve("mask.npy"), visible);
        Path masked = directory.resolve("masked.safetensors");
        grad("--input", input, "--output", output, option);
        grad("--input", input, "--output", masked, "--mask", mask);
        for (String name : GRADIENTS) {
            assertClose(Tensors.read(output, name), Tensors.read(masked, name), TOLERANCE);
        }
    }

    @Test
    void noKeysGiveZeros() throws IOException {
        writeInput(
                random(1, DataType.F32, 2, 3, 4),
                Tensor.allocate(DataType.F32, 2, 0, 4),
                Tensor.allocate(DataType.F32, 2, 0, 4),
                random(4, DataType.F32, 2, 3, 4));
        grad("--input", input, "--output", output);
        assertThat(Tensors.read(output, "grad_query").toFloatArray()).containsOnly(0);
        assertThat(Tensors.read(output, "grad_key").shape()).containsExactly(2, 0, 4);
    }

    @Test
    void anInterruptedCallLeavesNothing() throws IOException {
        writeSmall();
        Thread.currentThread().interrupt();
        Run run = Run.of("grad", "--input", input, "--output", output);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(run.err()).matches("subquad: (.*: )?interrupted\\R");
        assertThat(run.status()).isEqualTo(1);
        onlyTheseAreThere(input);
    }
}
