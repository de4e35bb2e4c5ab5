package io.github.subquad.cli;

import static io.github.subquad.cli.Tensors.assertClose;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.io.Cases;
import io.github.subquad.io.SafetensorsFile;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The cases that the original and a real transformer gave, by the command line. */
class SharedCasesTest {
    private static final double TOLERANCE = 1e-6;
    private static final double TOLERANCE_OF_HUGE_SCORES = 1e-4;

    /** ONNX Runtime's own error is 4.4e-7. */
    private static final double TOLERANCE_AGAINST_ONNX_RUNTIME = 1.5e-6;

    private static final String MASKED = "minilm_layer3_masked";

    @TempDir private Path directory;

    static Stream<Named<Path>> unmasked() {
        return Cases.all().filter(file -> !file.getName().equals(MASKED));
    }

    @ParameterizedTest(name = "{0} from safetensors")
    @MethodSource("unmasked")
    void fromSafetensors(Path file) throws IOException {
        attendSafetensors(file, chunkSizes(file));
    }

    @ParameterizedTest(name = "{0} from npy")
    @MethodSource("unmasked")
    void fromNpy(Path file) throws IOException {
        attendNpy(file, chunkSizes(file));
    }

    @ParameterizedTest(name = "{0}, staged, from safetensors")
    @MethodSource("unmasked")
    void stagedFromSafetensors(Path file) throws IOException {
        List<Object> options = new ArrayList<>(chunkSizes(file));
        options.addAll(List.of("--kernel", "staged"));
        attendSafetensors(file, options);
    }

    @ParameterizedTest(name = "tensor {0} as mask of a real transformer")
    @ValueSource(strings = {"mask", "mask_bias"})
    void maskTensorOfTheInputFile(String mask) throws IOException {
        attendSafetensors(Cases.real(MASKED), List.of("--mask-tensor", mask));
    }

    @ParameterizedTest(name = "{0}.npy as mask of a real transformer")
    @ValueSource(strings = {"mask", "mask_bias"})
    void maskFromNpy(String mask) throws IOException {
        Path file = Cases.real(MASKED);
        Path npy = Tensors.npy(directory.resolve("mask.npy"), Tensors.read(file, mask));
        attendSafetensors(file, List.of("--mask", npy));
        attendNpy(file, List.of("--mask", npy));
    }

    private void attendSafetensors(Path file, List<Object> options) throws IOException {
        Path output = directory.resolve("output.safetensors");
        List<Object> words = new ArrayList<>(List.of("attend", "--input", file));
        words.addAll(List.of("--output", output, "--log-sum-exp"));
        words.addAll(options);
        Run.of(words.toArray()).succeeds();
        try (var result = SafetensorsFile.open(output)) {
            assertThat(result.names()).containsExactlyInAnyOrder("output", "log_sum_exp");
        }
        check(file, Tensors.read(output, "output"), Tensors.read(output, "log_sum_exp"));
    }

    private void attendNpy(Path file, List<Object> options) throws IOException {
        Path output = directory.resolve("output.npy");
        Path logSumExp = directory.resolve("log_sum_exp.npy");
        List<Object> words = new ArrayList<>(List.of("attend"));
        for (String name : List.of("query", "key", "value")) {
            Path npy = Tensors.npy(directory.resolve(name + ".npy"), Tensors.read(file, name));
            words.addAll(List.of("--" + name, npy));
        }
        words.addAll(List.of("--output", output, "--log-sum-exp-output", logSumExp));
        words.addAll(options);
        Run.of(words.toArray()).succeeds();
        check(file, Tensors.readNpy(output), Tensors.readNpy(logSumExp));
    }

    private static void check(Path file, Tensor output, Tensor logSumExp) throws IOException {
        boolean huge = file.getFileName().toString().equals("huge_scores.safetensors");
        double tolerance = huge ? TOLERANCE_OF_HUGE_SCORES : TOLERANCE;
        assertClose(logSumExp, Tensors.read(file, "log_sum_exp"), tolerance);
        try (var expected = SafetensorsFile.open(file)) {
            boolean real = expected.contains("output_float64");
            assertClose(output, expected.tensor(real ? "output_float64" : "output"), tolerance);
            if (real) {
                assertClose(output, expected.tensor("output"), TOLERANCE_AGAINST_ONNX_RUNTIME);
            }
        }
    }

    /** The options of the same names that the file's metadata give. */
    private static List<Object> chunkSizes(Path file) throws IOException {
        List<Object> options = new ArrayList<>();
        try (var tensors = SafetensorsFile.open(file)) {
            for (String name : List.of("query_chunk_size", "kv_chunk_size", "kv_chunk_size_min")) {
                String size = tensors.metadata().getOrDefault(name, "None");
                if (!size.equals("None")) {
                    options.addAll(List.of("--" + name.replace('_', '-'), size));
                }
            }
        }
        return options;
    }
}
