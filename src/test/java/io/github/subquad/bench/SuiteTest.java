package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.Causal;
import io.github.subquad.tensor.DataType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class SuiteTest {
    static final List<String> NAMES = Suite.NAMES;

    @ParameterizedTest
    @FieldSource("NAMES")
    void everySuiteIsDescribedAndItsWorkloadsAreNamedOnce(String name) {
        Suite suite = Suite.named(name);
        assertThat(suite.description()).isNotBlank();
        assertThat(suite.entries().stream().map(entry -> entry.workloads().getFirst().name()))
                .doesNotHaveDuplicates();
    }

    @Test
    void aNameMeansTheSameCallInEverySuite() {
        Map<String, Workload> seen = new HashMap<>();
        NAMES.stream()
                .flatMap(name -> Suite.named(name).entries().stream())
                .map(entry -> entry.workloads().getFirst())
                .forEach(
                        workload ->
                                assertThat(seen.putIfAbsent(workload.name(), workload))
                                        .isIn(null, workload));
    }

    @Test
    void diffusionHasTheChannelsOfRealModels() {
        assertThat(channels(Suite.named("diffusion"))).contains(40L, 64L, 80L, 128L, 160L);
    }

    @Test
    void scalingDoublesFromAThousandTo128Thousand() {
        assertThat(
                        Suite.named("scaling").entries().stream()
                                .map(e -> e.workloads().getFirst().shape().keyTokens()))
                .containsExactlyElementsOf(
                        Stream.iterate(1024L, n -> n <= 131_072, n -> 2 * n).toList());
    }

    @Test
    void chunksIsAGrid() {
        var cases = Suite.named("chunks").entries().getFirst().cases(Setting.of("cpu", 2));
        assertThat(cases).hasSize(16).doesNotHaveDuplicates();
        assertThat(cases).allSatisfy(c -> assertThat(c.setting().threads()).isEqualTo(2));
    }

    @Test
    void precisionStoresTheSameCallInThreeTypes() {
        var cases = Suite.named("precision").entries().getFirst().cases(Setting.of("cpu", 1));
        assertThat(cases.stream().map(c -> c.workload().dataType()))
                .containsExactly(DataType.F32, DataType.F16, DataType.BF16);
    }

    @Test
    void gradientsGoBackwardAtEveryKindOfCall() {
        List<Workload> workloads =
                Suite.named("gradients").entries().stream()
                        .flatMap(entry -> entry.workloads().stream())
                        .toList();
        assertThat(workloads).allMatch(w -> w.pass() == Pass.FORWARD_BACKWARD);
        assertThat(workloads)
                .anyMatch(w -> w.causal() != Causal.NONE)
                .anyMatch(w -> w.shape().groupSize() > 1)
                .anyMatch(w -> w.shape().queryTokens() != w.shape().keyTokens());
    }

    @Test
    void anEntryGoesAsFarAsToldInEachOfItsTypes() {
        Suite.Entry entry = Suite.named("precision").entries().getFirst();
        assertThat(entry.passing(List.of(Pass.values())).workloads())
                .hasSize(3 * 2)
                .doesNotHaveDuplicates();
        assertThat(entry.passing(List.of(Pass.values())).stored(List.of(DataType.F16)).workloads())
                .extracting(Workload::pass)
                .containsExactly(Pass.FORWARD, Pass.FORWARD_BACKWARD);
    }

    @Test
    void aCheckpointTellsRowsOfABackwardPassApartAndNoOthers() {
        Suite.Entry entry =
                Suite.named("quick").entries().getFirst().passing(List.of(Pass.values()));
        Setting keeping = Setting.of("cpu", 1).withCheckpoint(false);
        assertThat(entry.cases(keeping))
                .extracting(c -> c.setting().useCheckpoint())
                .containsExactly(true, false);
    }

    @Test
    void aFileOfOnesOwnIsReadWithItsDefaults(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("mine.yaml");
        Files.writeString(
                file,
                """
                workloads:
                  - {name: mine, query_heads: 4, key_heads: 2, query_tokens: 3, key_tokens: 5,
                     channels: 7, value_channels: 6, causal: top-left, kv_chunk_sizes: [2, 4]}
                  - {name: other, query_heads: 1, query_tokens: 1, key_tokens: 1, channels: 1}
                  - {name: both, query_heads: 1, query_tokens: 1, key_tokens: 1, channels: 1,
                     passes: [forward, forward-backward]}
                """);
        Suite suite = Suite.read(file);
        Workload mine = suite.entries().getFirst().workloads().getFirst();
        assertThat(mine.describe())
                .isEqualTo(
                        "heads 4 over 2, queries 3, keys 5, channels 7, value channels 6, causal");
        assertThat(mine.causal()).isEqualTo(Causal.TOP_LEFT);
        assertThat(
                        suite.entries().getFirst().cases(Setting.of("cpu", 1)).stream()
                                .map(c -> c.setting().kvChunkSize()))
                .containsExactly(2, 4);
        assertThat(suite.entries().get(1).cases(Setting.of("cpu", 1))).hasSize(1);
        assertThat(mine.pass()).isEqualTo(Pass.FORWARD);
        assertThat(suite.entries().get(2).workloads())
                .extracting(Workload::pass)
                .containsExactly(Pass.FORWARD, Pass.FORWARD_BACKWARD);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    workloads: []                         | must have at least 1 items
                    workloads: [{name: a}]                | required property 'query_heads' not found
                    other: 1                              | required property 'workloads' not found
                    workloads: {                          | mine.yaml:
                    [1, 2]                                | object expected
                    workloads: [{name: "a b", query_heads: 1, query_tokens: 1, key_tokens: 1, channels: 1}] | does not match the regex pattern
                    workloads: [{name: a, query_heads: 3, key_heads: 2, query_tokens: 1, key_tokens: 1, channels: 1}] | query heads: expected a multiple of the 2 key heads
                    workloads: [{name: a, query_heads: 0, query_tokens: 1, key_tokens: 1, channels: 1}] | minimum value of 1
                    workloads: [{name: a, query_heads: 1, query_tokens: 1, key_tokens: 1, channels: 1, dtypes: [f64]}] | does not have a value in the enumeration
                    workloads: [{name: a, query_heads: 1, query_tokens: 1, key_tokens: 1, channels: 1, passes: [backward]}] | does not have a value in the enumeration
                    """)
    void aFileOfSomethingElseIsRefusedByNameInOneLine(
            String text, String reason, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("mine.yaml");
        Files.writeString(file, text);
        assertThatThrownBy(() -> Suite.read(file))
                .isInstanceOf(ResultFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason)
                .message()
                .hasLineCount(1);
    }

    @Test
    void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
        assertThatThrownBy(() -> Suite.read(folder.resolve("no.yaml")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no.yaml");
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> Suite.named("fast"))
                .hasMessage(
                        "suite: expected one of quick, diffusion, llm, scaling, chunks, precision,"
                                + " gradients, got 'fast'");
        assertThatThrownBy(() -> Suite.workload("sd15"))
                .hasMessage("workload: expected one that 'subquad bench --list' shows, got 'sd15'");
    }

    private static List<Long> channels(Suite suite) {
        return suite.entries().stream()
                .map(entry -> entry.workloads().getFirst().shape().channels())
                .toList();
    }
}
