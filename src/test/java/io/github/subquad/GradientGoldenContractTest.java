package io.github.subquad;

import static io.github.subquad.Case.relativeError;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.subquad.io.Cases;
import io.github.subquad.io.SafetensorsFile;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Gradients that float64 autograd gave elsewhere. */
@Tag("contract")
@Tag("lanes")
class GradientGoldenContractTest {
    private static final Set<String> OURS = Set.of("cpu", "reference", "tornado");

    static Stream<Arguments> subjectsAndFiles() {
        List<Named<Path>> files =
                Stream.of("gradients_even", "gradients_ragged")
                        .map(name -> Named.of(name, Cases.golden(name)))
                        .toList();
        return Subject.all().stream().flatMap(s -> files.stream().map(f -> Arguments.of(s, f)));
    }

    static List<Subject> ours() {
        return Subject.all().stream().filter(s -> OURS.contains(s.device().backend())).toList();
    }

    /** So that no test of gradients is skipped unseen. */
    @ParameterizedTest
    @MethodSource("ours")
    void everyEngineOfThisProjectComputesGradients(Subject subject) {
        try (AttentionEngine engine = Backends.open(subject.chosen(AttentionOptions.DEFAULTS))) {
            assertThatCode(engine::gradients).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("subjectsAndFiles")
    void agreesWithAutograd(Subject subject, Path path) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (AttentionOptions chunks : List.of(chunksOf(file), AttentionOptions.DEFAULTS)) {
                for (boolean checkpoint : new boolean[] {true, false}) {
                    agrees(subject, file, chunks.toBuilder().useCheckpoint(checkpoint).build());
                }
            }
        }
    }

    private static AttentionOptions chunksOf(SafetensorsFile file) {
        return AttentionOptions.builder()
                .queryChunkSize(Integer.valueOf(file.metadata().get("query_chunk_size")))
                .kvChunkSize(Integer.valueOf(file.metadata().get("kv_chunk_size")))
                .build();
    }

    private static void agrees(Subject subject, SafetensorsFile file, AttentionOptions options)
            throws IOException {
        try (Attention attention = subject.openForGradients(options);
                AttentionTape tape =
                        attention.forward(
                                file.tensor("query"), file.tensor("key"), file.tensor("value"))) {
            AttentionGradients got = tape.backward(file.tensor("grad_output"));
            assertThat(relativeError(tape.output(), file.tensor("output")))
                    .isLessThanOrEqualTo(1e-6);
            assertThat(relativeError(got.query(), file.tensor("grad_query")))
                    .isLessThanOrEqualTo(2e-6);
            assertThat(relativeError(got.key(), file.tensor("grad_key"))).isLessThanOrEqualTo(2e-6);
            assertThat(relativeError(got.value(), file.tensor("grad_value")))
                    .isLessThanOrEqualTo(2e-6);
            assertThat(got.mask()).isNull();
        }
    }
}
