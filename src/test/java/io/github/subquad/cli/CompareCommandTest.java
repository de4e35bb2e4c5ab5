package io.github.subquad.cli;

import static io.github.subquad.bench.compare.ResultJson.times;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import io.github.subquad.bench.compare.ResultJson;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The command as a whole, on files of known times. */
class CompareCommandTest {
    private static final String SCHEMA =
            "/io/github/subquad/bench/schema/subquad-compare-1.schema.json";

    /** Markup of every format, an end of a line, a command to the terminal, a turn of direction. */
    private static final String HOSTILE =
            "a|b, \"c\" <i>*d*</i> \\input{e} $f$ 50% [g](h)\nsecond \u001b[2J\u009b1m\u202e";

    @TempDir private Path directory;
    private Path base;
    private Path same;
    private Path slower;

    @BeforeEach
    void writeFiles() throws IOException {
        base = write("base.json", new ResultJson().row("w", "cpu", 2, times(1, 10, 1e6)));
        same = write("same.json", new ResultJson().row("w", "cpu", 2, times(2, 10, 1e6)));
        slower = write("slower.json", new ResultJson().row("w", "cpu", 2, times(3, 10, 1.2e6)));
    }

    @Test
    void theTableTellsRatioIntervalAndFinding() {
        assertThat(Run.of("compare", base, slower).succeeds().out())
                .contains("base: base.json, started 2026-11-24T10:00:00Z")
                .containsPattern(
                        "w +f32 +cpu:0, threads 2 +1\\.0\\d+ ms +1\\.2\\d+ ms +0\\.8\\d\\d +"
                                + "0\\.8\\d\\d–0\\.8\\d\\d +<0\\.0001 +slower\\R")
                .contains("geometric mean of the ratios: 0.8")
                .contains("Holm's correction over 1 row. ~: no difference is shown at 5%")
                .doesNotContainPattern(" \\R");
    }

    @Test
    void whereNothingIsShownThereIsNoRatio() {
        assertThat(Run.of("compare", base, same).succeeds().out())
                .containsPattern(" ms +~ +0\\.9\\d\\d–1\\.0\\d\\d +\\d\\.\\d{4} +nothing\\R");
    }

    @Test
    void everyFurtherFileIsComparedWithTheFirst() {
        String out = Run.of("compare", base, same, slower).succeeds().out();
        assertThat(out.lines().filter(line -> line.startsWith("w ")))
                .hasSize(2)
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("nothing"),
                        line -> assertThat(line).endsWith("slower"));
        assertThat(out).contains("file: same.json", "file: slower.json", "over 2 rows");
    }

    @ParameterizedTest
    @CsvSource({"5%, 1", "0.05, 1", "0, 1", "15%, 1", "25%, 0", "300%, 0"})
    void aRegressionBeyondTheLimitFails(String limit, int status) {
        Run run = Run.of("compare", base, slower, "--fail-on-regression", limit);
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.out()).contains("slower");
        assertThat(run.err())
                .isEqualTo(
                        status == 0
                                ? ""
                                : "subquad: 1 of 1 rows slower by more than"
                                        + " --fail-on-regression allows%n".formatted());
    }

    @Test
    void neitherNoiseNorAGainIsARegression() {
        Run.of("compare", base, same, "--fail-on-regression", "0").succeeds();
        Run.of("compare", slower, base, "--fail-on-regression", "0").succeeds();
    }

    @Test
    void aWrongResultFails() throws IOException {
        Path wrong =
                write(
                        "wrong.json",
                        new ResultJson()
                                .row("w", "cpu", 2, times(1, 10, 1e6))
                                .with("/rows/0/verdict/ok", false));
        Run run = Run.of("compare", base, wrong);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .containsPattern("w +f32 +cpu:0, threads 2 +1\\.0\\d+ ms +– +– +– +– +–\\R")
                .contains(
                        "not compared: w, f32, cpu:0, threads 2: the result is wrong in this file",
                        "no row could be compared");
    }

    @Test
    void nothingToCompareFailsAndListsWhatThereIs() throws IOException {
        Path other = write("other.json", new ResultJson().row("v", "cpu", 2, times(1, 10, 1e6)));
        Run run = Run.of("compare", base, other);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .contains(
                        "in the base alone: w, f32, cpu:0, threads 2",
                        "in the file alone: v, f32, cpu:0, threads 2")
                .doesNotContain("──");
    }

    @Test
    void tooFewRepetitionsToShowAnythingAreNamed() throws IOException {
        Path three = write("three.json", new ResultJson().row("w", "cpu", 2, 1, 2, 3));
        assertThat(Run.of("compare", three, three).succeeds().out())
                .contains("1 row: too few repetitions for any difference to be shown")
                .containsPattern(" ns +~ +– +1\\.0000 +nothing");
        assertThat(Run.of("compare", base, same).out()).doesNotContain("too few");
    }

    @Test
    void theJsonKeepsToItsSchema() throws IOException {
        Path many =
                write(
                        "many.json",
                        new ResultJson()
                                .row("w", "cpu", 2, times(4, 10, 2e6))
                                .row("v", "reference", 1, 5)
                                .row("x", "cpu", 1, 5, 6)
                                .with("/run/seed", 7));
        Path others =
                write(
                        "others.json",
                        new ResultJson()
                                .row("w", "reference", 2, times(4, 10, 2e6))
                                .row("v", "reference", 1, 5, 6)
                                .skipped("x", "cpu", 1, "no time"));
        String text = Run.of("compare", many, base, others, "--format", "json").out();
        JsonNode root = JsonMapper.shared().readTree(text);
        try (InputStream schema = CompareCommandTest.class.getResourceAsStream(SCHEMA)) {
            assertThat(
                            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                    .getSchema(JsonMapper.shared().readTree(schema))
                                    .validate(root))
                    .isEmpty();
        }
        JsonNode first = root.at("/others/0/rows/0");
        assertThat(first.at("/finding").asString()).isEqualTo("faster");
        assertThat(first.at("/ratio/estimate").asDouble()).isBetween(1.9, 2.1);
        assertThat(root.at("/others/0/unpaired")).hasSize(2);
        assertThat(root.at("/others/0/differences/0").asString()).isEqualTo("seed: 7, there 1");
        assertThat(root.at("/others/1/rows/1/finding").asString()).isEqualTo("not-compared");
        assertThat(root.at("/others/1/unpaired/0/reason").asString()).isEqualTo("no time");
    }

    @Test
    void csvHasAFieldForEachName() {
        List<String> lines =
                Run.of("compare", base, same, slower, "--format", "csv")
                        .succeeds()
                        .out()
                        .lines()
                        .toList();
        assertThat(lines).hasSize(3);
        List<String> names = List.of(lines.getFirst().split(","));
        String row = lines.getLast().replace("\"cpu:0, threads 2\"", "cpu");
        String[] fields = row.split(",", -1);
        assertThat(fields).hasSameSizeAs(names);
        assertThat(fields[names.indexOf("finding")]).isEqualTo("slower");
        assertThat(Double.parseDouble(fields[names.indexOf("ratio")])).isBetween(0.8, 0.86);
        assertThat(fields[names.indexOf("reason")]).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "md", "csv", "latex", "json"})
    void hostileNamesStayText(String format) throws IOException {
        Path hostile =
                write(
                        "hostile.json",
                        new ResultJson()
                                .row(HOSTILE, "cpu", 2, 5, 6)
                                .row(HOSTILE + "2", HOSTILE, 2, 5, 6)
                                .with("/environment/processor", HOSTILE));
        Path other =
                write(
                        "other.json",
                        new ResultJson()
                                .row(HOSTILE, "cpu", 2, 5, 6)
                                .skipped(HOSTILE + "2", HOSTILE, 2, HOSTILE));
        String out = Run.of("compare", hostile, other, "--format", format).succeeds().out();
        assertThat(out).doesNotContain("\u001b", "\u009b", "\u202e");
        switch (format) {
            case "table" -> assertThat(out).contains("\\u001b[2J").doesNotContain("\nsecond");
            case "md" ->
                    assertThat(out)
                            .contains("| a\\|b, \"c\" \\<i\\>\\*d\\*\\</i\\> \\\\input{e} \\$f\\$")
                            .contains("\\[g\\](h) second");
            case "csv" -> assertThat(out).contains(",\"a|b, \"\"c\"\" <i>*d*</i> \\input{e}");
            case "latex" -> {
                assertThat(out).contains("\na\\textbar{}b, \"c\" \\textless{}i\\textgreater{}");
                assertThat(out.lines().filter(line -> !line.startsWith("%")))
                        .noneMatch(line -> line.contains("\\input"));
            }
            default ->
                    assertThat(
                                    JsonMapper.shared()
                                            .readTree(out)
                                            .at("/others/0/rows/0/workload/name")
                                            .asString())
                            .isEqualTo(HOSTILE);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    a.md  ; | workload | dtype |
                    a.csv ; file,workload,query_heads
                    a.tex ; \\begin{tabular}
                    a.json; "format" : "subquad-compare"
                    a.txt ; ────
                    """)
    void aFileHoldsTheFormatOfItsEndingWhileTheScreenShowsATable(String name, String text) {
        Path file = directory.resolve(name);
        assertThat(Run.of("compare", base, same, "--output", file).succeeds().out())
                .contains("────");
        assertThat(file).content().contains(text);
    }

    @Test
    void anInputIsNotWrittenOver() throws IOException {
        String before = Files.readString(same);
        Run run = Run.of("compare", base, same, "--output", same);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo(
                        "subquad: --output: %s is an input; name another file%n".formatted(same));
        assertThat(same).content().isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    --format xml            ; --format: expected one of table, md, csv, latex, json
                    --alpha x               ; --alpha: expected a share such as 5% or 0.05, got 'x'
                    --alpha 0               ; --alpha: expected more than 0% and less than 100%
                    --alpha 100%            ; --alpha: expected more than 0% and less than 100%
                    --fail-on-regression 5  ; --fail-on-regression: expected a share such as 5%
                    --fail-on-regression NaN; --fail-on-regression: expected a share such as 5%
                    --fail-on-regression -1%; --fail-on-regression: expected a share such as 5%
                    --fail-on-regression %  ; --fail-on-regression: expected a share such as 5%
                    """)
    void whatCannotBeDoneIsAnErrorOfUsageInOneLine(String arguments, String message) {
        assertUsageError(Run.ofLine("compare %s %s %s".formatted(base, same, arguments)), message);
    }

    @Test
    void oneFileIsNotEnough() {
        assertUsageError(
                Run.of("compare", base), "expected a base and files to compare with it, got 1");
        assertUsageError(Run.of("compare"), "expected a base and files to compare with it, got 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"format\": \"subquad-bench\"}", "\u0000\u001b[2J"})
    void whatIsNoResultFileIsRefusedInOneLine(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("bad.json"), content);
        Run run = Run.of("compare", base, file);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("subquad: " + file + ": ").hasLineCount(1);
        assertThat(run.err()).doesNotContain("\u001b");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path file = directory.resolve("none.json");
        Run run = Run.of("compare", base, file);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("subquad: " + file + ": ").hasLineCount(1);
    }

    private static void assertUsageError(Run run, String message) {
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("subquad: ").contains(message).hasLineCount(1);
        assertThat(run.out()).isEmpty();
    }

    private Path write(String name, ResultJson file) throws IOException {
        return file.write(directory.resolve(name));
    }
}
