package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.bench.machine.Roof;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Result files: what is written can be read, and what is read may come from anywhere. */
class ReportTest {
    private static final Roof.Figure FIGURE = new Roof.Figure(100, 200, List.of(100.0, 200.0));
    private static final Roof ROOF = new Roof("cpu:0", 2, 5, FIGURE, FIGURE, FIGURE, FIGURE);
    private static final Report REPORT =
            SampleRows.report(
                    List.of(ROOF),
                    SampleRows.right(),
                    SampleRows.decoding(),
                    SampleRows.wrong(),
                    SampleRows.onADevice(),
                    SampleRows.peer(),
                    SampleRows.backward());

    @TempDir private Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        assertThat(Report.read(file(json(REPORT)))).isEqualTo(REPORT);
    }

    @Test
    void whatIsWrittenKeepsToTheSchema() {
        JsonNode tree = JsonMapper.shared().readTree(json(REPORT));
        assertThat(Json.schema(Report.SCHEMA).validate(tree)).isEmpty();
    }

    @Test
    void numbersThatDeriveFromSamplesStandBesideThem() {
        JsonNode row = JsonMapper.shared().readTree(json(REPORT)).at("/rows/0");
        assertThat(row.at("/statistics/median").asDouble()).isEqualTo(2000);
        assertThat(row.at("/gflops").asDouble()).isEqualTo(2560);
    }

    @Test
    void aWrongResultHasNoTimesNoMatterWhatAFileSays() throws IOException {
        JsonNode tree = JsonMapper.shared().readTree(json(REPORT));
        JsonNode wrong = tree.at("/rows/2");
        assertThat(wrong.at("/turns_nanos")).isEmpty();
        assertThat(wrong.at("/gflops").isNull()).isTrue();
        String lying =
                json(SampleRows.report(SampleRows.right()))
                        .replace("\"ok\" : true", "\"ok\" : false");
        assertThat(Report.read(file(lying)).rows().getFirst().statistics()).isNull();
    }

    /** Kept from before there was a pass to be named. */
    @Test
    void filesOfOldAreOfForwardPasses() throws IOException {
        List<Path> kept;
        try (Stream<Path> files = Files.list(Path.of("bench", "results"))) {
            kept = files.filter(file -> file.toString().endsWith(".json")).toList();
        }
        assertThat(kept).isNotEmpty();
        Path first =
                kept.stream()
                        .filter(f -> f.toString().endsWith("zen4-quick.json"))
                        .findFirst()
                        .orElseThrow();
        assertThat(Files.readString(first)).doesNotContain("forward");
        assertThat(Report.read(first).rows())
                .isNotEmpty()
                .allMatch(row -> row.workload().pass() == Pass.FORWARD)
                .allMatch(row -> row.setting().useCheckpoint())
                .allMatch(row -> row.verdict().part() == Judgement.Part.OUTPUT);
        for (Path file : kept) {
            assertThat(Report.read(file).rows()).as(file.toString()).isNotEmpty();
        }
    }

    @Test
    void aWrongPeerIsNoFailureOfOurs() {
        Row wrong = SampleRows.wrong();
        var peer =
                new Row(
                        wrong.workload(),
                        Setting.ofPeer("naive", 1),
                        wrong.device(),
                        wrong.plan(),
                        wrong.verdict(),
                        null,
                        List.of(),
                        wrong.memory(),
                        null,
                        "");
        assertThat(SampleRows.report(wrong).ok()).isFalse();
        assertThat(SampleRows.report(peer).ok()).isTrue();
    }

    @Test
    void anErrorThatIsNotFiniteIsNull() throws IOException {
        Row wrong = SampleRows.wrong();
        var verdict = new Judgement(false, null, null, 1e-6, 1, 1, Judgement.Part.OUTPUT);
        var row =
                new Row(
                        wrong.workload(),
                        wrong.setting(),
                        wrong.device(),
                        wrong.plan(),
                        verdict,
                        null,
                        List.of(),
                        wrong.memory(),
                        null,
                        "");
        assertThat(Report.read(file(json(SampleRows.report(row)))).rows()).containsExactly(row);
        assertThat(verdict)
                .hasToString(
                        "FAILED: relative error not finite, greatest row error not finite, bound"
                                + " 1.0e-06, 1 of 1 rows checked");
    }

    @ParameterizedTest(name = "{0} for {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    "version" : 2                | "version" : 3          | /version: must be the constant value
                    "format" : "subquad-bench"   | "format" : "other"     | /format: must be the constant value
                    "causal" : "none"            | "causal" : "all"       | causal: does not have a value in the enumeration
                    "pass" : "forward"           | "pass" : "backward"    | pass: does not have a value in the enumeration
                    "part" : "output"            | "part" : "mask"        | part: does not have a value in the enumeration
                    [ 2100 ]                     | [ -5 ]                 | /rows/0/turns_nanos/1/0: must have a minimum value of 1
                    [ 2100 ]                     | [ ]                    | /rows/0/turns_nanos/1: must have at least 1 items
                    [ 2100 ]                     | [ 1e400 ]              | turns_nanos
                    "query_heads" : 8            | "query_heads" : 0      | query_heads: must have a minimum value of 1
                    "query_heads" : 8            | "query_heads" : 99999999999999999999 | query_heads
                    "rows" :                     | "lines" :              | required property 'rows' not found
                    "started" : "2026            | "started" : "<b>2026   | /run/started: does not match the regex
                    "environment"                | {                      | x.json:
                    """)
    void aFileOfSomethingElseIsRefusedWithThePlaceInOneLine(String from, String to, String reason)
            throws IOException {
        String text = json(SampleRows.report(SampleRows.right()));
        assertThat(text).contains(from);
        Path file = file(text.replaceFirst(java.util.regex.Pattern.quote(from), to));
        assertThatThrownBy(() -> Report.read(file))
                .isInstanceOf(ResultFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason)
                .message()
                .hasLineCount(1);
    }

    /** Seed 5. */
    @Test
    void aDamagedFileIsReadOrRefusedButNeverAnythingElse() throws IOException {
        var random = new SplittableRandom(5);
        String text = json(REPORT);
        for (int i = 0; i < 200; i++) {
            var damaged = new StringBuilder(text);
            for (int n = 0; n < 3; n++) {
                int at = random.nextInt(damaged.length());
                damaged.setCharAt(at, "{}[]\",:019-enu \\".charAt(random.nextInt(16)));
            }
            Path file = file(damaged.toString());
            try {
                assertThat(Report.read(file).format()).isEqualTo(Report.FORMAT);
            } catch (ResultFileException e) {
                assertThat(e).hasMessageStartingWith(file + ": ");
            }
        }
    }

    @Test
    void aDeepFileDoesNotOverflowTheStack() throws IOException {
        Path file = file("[".repeat(100_000));
        assertThatThrownBy(() -> Report.read(file)).isInstanceOf(ResultFileException.class);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("x.json"), text);
    }

    private static String json(Report report) {
        return Format.JSON.exporter().export(report);
    }
}
