package io.github.subquad;

import static io.github.subquad.Case.relativeError;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.io.Cases;
import io.github.subquad.io.SafetensorsFile;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Cases whose answers were made elsewhere: by float64 evaluation and the Python original (golden),
 * by ONNX Runtime inside a real transformer (real).
 */
@Tag("contract")
@Tag("lanes")
class GoldenContractTest {
    static Stream<Arguments> subjectsAndGolden() {
        return Subject.all().stream().flatMap(s -> Cases.golden().map(c -> Arguments.of(s, c)));
    }

    static Stream<Arguments> subjectsAndReal() {
        return Subject.all().stream().flatMap(s -> Cases.real().map(c -> Arguments.of(s, c)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("subjectsAndGolden")
    void goldenOutputAndLogSumExp(Subject subject, Path path) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            double tolerance = path.toString().contains("huge_scores") ? 1e-4 : 1e-6;
            for (AttentionOptions options : List.of(chunksOf(file), plain())) {
                AttentionResult result = attend(subject, file, options, null);
                assertThat(relativeError(result.output(), file.tensor("output")))
                        .isLessThanOrEqualTo(tolerance);
                assertThat(relativeError(Case.logSumExp(result), file.tensor("log_sum_exp")))
                        .isLessThanOrEqualTo(1e-6);
            }
        }
    }

    private static AttentionOptions plain() {
        return AttentionOptions.builder().returnLogSumExp(true).build();
    }

    private static AttentionOptions chunksOf(SafetensorsFile file) {
        return plain().toBuilder()
                .queryChunkSize(size(file, "query_chunk_size"))
                .kvChunkSize(size(file, "kv_chunk_size"))
                .kvChunkSizeMin(size(file, "kv_chunk_size_min"))
                .build();
    }

    private static @Nullable Integer size(SafetensorsFile file, String name) {
        String text = file.metadata().getOrDefault(name, "None");
        return text.equals("None") ? null : Integer.valueOf(text);
    }

    private static AttentionResult attend(
            Subject subject, SafetensorsFile file, AttentionOptions options, @Nullable Tensor mask)
            throws IOException {
        try (Attention attention = subject.open(options)) {
            return attention.attend(
                    file.tensor("query"), file.tensor("key"), file.tensor("value"), mask);
        }
    }

    /** The sums of the last key chunk for the first query chunk, as the original has them. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("subjectsAndGolden")
    void partialSumsMatchTheOriginals(Subject subject, Path path) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            if (!file.contains("last_chunk_max_score")) {
                return; // one chunk holds all keys
            }
            Tensor query = file.tensor("query");
            Tensor key = file.tensor("key");
            Integer given = size(file, "query_chunk_size");
            long queries = given != null ? given : 1024;
            int effective = Objects.requireNonNull(size(file, "kv_chunk_size_effective"));
            long last = (key.size(1) - 1) / effective * effective;
            AttnChunk chunk;
            try (Attention attention = subject.open(AttentionOptions.DEFAULTS)) {
                chunk =
                        attention.summarizeChunk(
                                SubQuadraticAttention.narrowTrunc(query, 1, 0, queries),
                                SubQuadraticAttention.narrowTrunc(key, 1, last, effective),
                                SubQuadraticAttention.narrowTrunc(
                                        file.tensor("value"), 1, last, effective),
                                1 / Math.sqrt(query.size(2)));
            }
            double tolerance = path.toString().contains("huge_scores") ? 1e-3 : 2e-6;
            assertClose(chunk.expValues(), file.tensor("last_chunk_exp_values"), tolerance);
            assertClose(
                    chunk.expWeightsSum(), file.tensor("last_chunk_exp_weights_sum"), tolerance);
            assertClose(chunk.maxScore(), file.tensor("last_chunk_max_score"), 1e-6);
        }
    }

    private static void assertClose(float[] got, Tensor expected, double tolerance) {
        assertThat(relativeError(Tensor.of(got, expected.shape()), expected))
                .isLessThanOrEqualTo(tolerance);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("subjectsAndReal")
    void attentionOfARealTransformer(Subject subject, Path path) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            List<@Nullable Tensor> masks = new ArrayList<>();
            if (file.contains("mask")) {
                masks.add(file.tensor("mask"));
                masks.add(file.tensor("mask_bias"));
            } else {
                masks.add(null);
            }
            for (Tensor mask : masks) {
                AttentionResult result = attend(subject, file, plain(), mask);
                assertThat(relativeError(result.output(), file.tensor("output_float64")))
                        .isLessThanOrEqualTo(1e-6);
                assertThat(relativeError(result.output(), file.tensor("output")))
                        .isLessThanOrEqualTo(1.5e-6);
                assertThat(relativeError(Case.logSumExp(result), file.tensor("log_sum_exp")))
                        .isLessThanOrEqualTo(1e-6);
            }
        }
    }
}
