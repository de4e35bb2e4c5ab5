package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.Attention;
import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Backends;
import io.github.subquad.bench.Engines;
import io.github.subquad.bench.machine.EnergyMeter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** The command as a whole, on small shapes and the reference engine. Seed 1. */
class BenchCommandTest {
    private static final String SMALL = " --repetitions 3 --warm-up 0 --time 0.01 --no-roof ";
    private static final String BACKWARD =
            " --pass forward-backward --backend reference --shape 4,33,47,8" + SMALL;
    private static final String SHAPE = "--backend reference --shape 4,33,47,8" + SMALL;

    @Test
    void aRightResultHasASpeedAndExitCode0() {
        Run run = run("--format json " + SHAPE);
        JsonNode row = JsonMapper.shared().readTree(run.out()).at("/rows/0");
        assertThat(run.status()).isZero();
        assertThat(row.at("/verdict/ok").asBoolean()).isTrue();
        assertThat(row.at("/turns_nanos")).hasSize(3);
        assertThat(row.at("/gflops").asDouble()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "md", "csv", "latex", "json"})
    void aResultThatErrsByAThousandthHasNoSpeedAndExitCode1(String format) {
        Run run = run(erring(1.001f), "--format " + format + " " + SHAPE);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .containsPattern(
                        switch (format) {
                            case "table" -> "test:0 +1 +FAILED +\\d";
                            case "md" -> "test:0 \\| 1 \\| FAILED \\| \\d";
                            case "latex" -> "test:0 & 1 & FAILED & \\d";
                            case "csv" -> ",false,output,[^,]+,[^,]+,[^,]+,132,{19}\\d";
                            default -> "\"turns_nanos\" : \\[ ]";
                        });
    }

    @Test
    void theSameEngineWithoutItsErrorPasses() {
        assertThat(run(erring(1), SHAPE).status()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "md", "csv", "latex", "json"})
    void aGradientThatErrsByAThousandthHasNoSpeedAndExitCode1(String format) {
        Run run = run(erringBackward(1.001f), "--format " + format + BACKWARD);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .containsPattern(
                        switch (format) {
                            case "table" -> "reference:0 +1 +FAILED +\\d";
                            case "md" -> "reference:0 \\| 1 \\| FAILED \\| \\d";
                            case "latex" -> "reference:0 & 1 & FAILED & \\d";
                            case "csv" -> ",false,key-gradient,0.00[^,]+,,[^,]+,188,{19}\\d";
                            default -> "\"turns_nanos\" : \\[ ]";
                        });
    }

    @Test
    void theSameGradientsWithoutTheirErrorHaveASpeed() {
        Run run = run(erringBackward(1), "--format json" + BACKWARD);
        JsonNode row = JsonMapper.shared().readTree(run.out()).at("/rows/0");
        assertThat(run.status()).isZero();
        assertThat(row.at("/workload/pass").asString()).isEqualTo("forward-backward");
        assertThat(row.at("/gflops").asDouble()).isPositive();
    }

    @Test
    void checkpointsMakeARowEachOfBackwardPassesAlone() {
        Run run = run("--checkpoint on,off --format csv --pass forward,forward-backward " + SHAPE);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().lines().skip(1)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--backend cpu --workload sd15-cross-64x64 --repetitions 1 --time 0.01"
                        + " --warm-up 0 --no-roof",
                "--backend reference --shape 6,5,7,3,2 --kv-heads 3 --causal=top-left --dtype bf16"
                        + " --seed 9"
                        + SMALL,
                "--backend reference --shape 2,5,7,3 --causal --threads 1 --kernel staged"
                        + " --dtype f16 --time 0.01 --warm-up 0.05 --query-chunk-size 3"
                        + " --kv-chunk-size 2 --cache cold --no-roof",
                "--backend reference --shape 2,5,7,3 --pass forward-backward --checkpoint off"
                        + SMALL,
            })
    void theCommandOfARowRepeatsIt(String arguments) {
        JsonNode first = onlyRow(arguments);
        String command = first.at("/command").asString();
        assertThat(command).startsWith("bin/subquad bench ");
        JsonNode second = onlyRow(command.substring("bin/subquad bench ".length()) + " --no-roof");
        for (String part : List.of("workload", "setting", "device", "plan", "verdict", "command")) {
            assertThat(second.at("/" + part)).as(part).isEqualTo(first.at("/" + part));
        }
    }

    @Test
    void everyWorkloadMeetsEveryBackendAndNumberOfThreads() {
        Run run =
                run(
                        "--format csv --threads 1,2 --shape 1,2,3,4 --backend reference,cpu --dtype"
                                + " f32,f16"
                                + SMALL);
        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).hasSize(1 + 8);
    }

    @Test
    void aFileHoldsTheFormatOfItsEndingWhileTheScreenShowsATable(@TempDir Path directory)
            throws IOException {
        Path file = directory.resolve("result.json");
        Run run = run("--output " + file + " " + SHAPE);
        assertThat(run.out()).contains("──").contains("4,33,47,8");
        JsonNode root = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(root.at("/rows")).hasSize(1);
        assertThat(names(directory)).containsExactly("result.json");
    }

    @Test
    void aBenchmarkThatIsInterruptedLeavesAFileThatResumesToTheSameRows(@TempDir Path directory)
            throws IOException {
        Path file = directory.resolve("result.json");
        String arguments = "--threads 1,2 --output " + file + " " + SHAPE;
        Set<AttentionEngine> busy = new HashSet<>();
        Engines interrupted =
                engines(
                        options ->
                                Attention.over(
                                        new InterruptedEngine(Backends.open(options), busy),
                                        options));
        Run broken = run(interrupted, arguments);
        assertThat(broken.status()).isEqualTo(1);
        assertThat(broken.err()).isEqualTo("subquad: interrupted%n".formatted());
        assertThat(rows(file)).hasSize(1);
        assertThat(names(directory)).containsExactly("result.json");

        Run resumed = run("--resume " + file + " --no-roof");
        assertThat(resumed.status()).as(resumed.err()).isZero();
        assertThat(rows(file)).hasSize(2);
        assertThat(rows(file)).allSatisfy(row -> assertThat(row.at("/turns_nanos")).hasSize(3));
    }

    private static List<JsonNode> rows(Path file) throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(file))
                .at("/rows")
                .valueStream()
                .toList();
    }

    @Test
    void aDeviceIsChosenByItsAddress() {
        Run run = run("--device reference:0,cpu:0 --format csv --shape 1,2,3,4" + SMALL);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().lines().skip(1)).hasSize(2);
        assertThat(run.out()).contains(",f32,reference,0,", ",f32,cpu,0,");
    }

    @Test
    void workloadsOfOnesOwnComeFromAFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("mine.yaml");
        Files.writeString(
                file,
                "workloads: [{name: mine, query_heads: 1, query_tokens: 2, key_tokens: 3,"
                        + " channels: 4}]");
        Run run = run("--workloads " + file + " --backend reference" + SMALL);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("mine      f32    reference:0");
    }

    @Test
    void noCommandInAFileReachesTheTerminal(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("mine.json");
        Files.writeString(
                file,
                """
                {"workloads": [{"name": "m", "query_heads": 1, "query_tokens": 2, "key_tokens": 3,
                "channels": 4, "\\u001b[2Jx": 1}]}
                """);
        for (String command : List.of("bench", "--debug bench")) {
            Run run = Run.ofLine(command + " --workloads " + file + " --backend reference");
            assertThat(run.status()).as(run.err()).isEqualTo(1);
            assertThat(run.err()).contains("\\u001b[2Jx").doesNotContain("\u001b");
        }
    }

    @Test
    void aFileThatIsNoResultCannotBeResumed(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("a.json"), "{}");
        Run run = run("--resume " + file);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains(file + ": required property 'format'").hasLineCount(1);
        assertThat(file).hasContent("{}");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    --workload nothing      ; --workload: expected one that 'subquad bench --list' shows
                    --resume a.bak          ; --resume: expected a .json file, got a.bak
                    --processes             ; --processes: expected with --output of a .json file
                    --suite nothing         ; --suite: expected one of quick, diffusion
                    --shape 1,2,3           ; --shape: expected BH,Q,K,D or BH,Q,K,D,DV
                    --shape 0,2,3,4         ; --shape: expected heads, queries and keys of at least 1
                    --shape 4,2,3,4 --kv-heads 3; --shape: query heads: expected a multiple of the 3
                    --kv-heads 2            ; --shape: expected BH,Q,K,D or BH,Q,K,D,DV
                    --causal                ; --causal: expected with --shape
                    --shape 1,2,3,4 --causal=up; --causal: expected one of bottom-right, top-left
                    --dtype bool            ; --dtype: expected one of f32, f16, bf16, got 'bool'
                    --backend gpu           ; --backend: expected auto
                    --device 7 --backend reference; --device: expected one of
                    --kernel fused --backend reference; --kernel: expected auto or staged
                    --threads 0             ; --threads: expected at least 1, got 0
                    --repetitions 0         ; --repetitions: expected 1 to 1000, got 0
                    --time 0                ; --time: expected more than 0 seconds
                    --time -1               ; --time: expected seconds, 0 to a million, got '-1'
                    --pass backward         ; --pass: expected one of forward, forward-backward, got 'backward'
                    --checkpoint maybe      ; --checkpoint: expected one of on, off, got 'maybe'
                    --cache hot             ; --cache: expected one of warm, cold
                    --peers torch           ; --peers: expected some of pytorch, onnxruntime
                    --kv-chunk-size 0       ; --kv-chunk-size: expected
                    --warm-up NaN           ; --warm-up: expected seconds, 0 to a million, got 'NaN'
                    --format xml            ; --format: expected one of table, md, csv, latex, json
                    """)
    void whatCannotBeDoneIsAnErrorOfUsageInOneLine(String arguments, String message) {
        Run run = run(arguments);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("subquad: ").contains(message).hasLineCount(1);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void anOutputThatCannotBeWrittenIsKnownBeforeAnythingIsMeasured(@TempDir Path directory) {
        Run run = run("--output " + directory + " " + SHAPE);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains(directory + ": expected a file to write, got a directory");
        run = run("--output " + directory.resolve("no/x.json") + " " + SHAPE);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("there is no directory " + directory.resolve("no"));
        assertThat(run.out()).isEmpty();
    }

    @Test
    void tensorsBeyondTheMemoryOfTheMachineAreRefusedByName() {
        Run run = run("--backend reference --shape 1000,1000000000,1,1000");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .contains("--workload: tensors and buffers of 1000,1000000000,1,1000 take")
                .contains("of the machine's");
    }

    @Test
    void theListNamesEverySuiteAndWorkload() {
        Run run = run("--list");
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("quick: ", "  llm-decode-128k ", "  chunks-4k ");
    }

    private static JsonNode onlyRow(String arguments) {
        Run run = run(arguments + " --format json");
        assertThat(run.status()).as(run.err()).isZero();
        JsonNode rows = JsonMapper.shared().readTree(run.out()).at("/rows");
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private static Engines erring(float factor) {
        return engines(
                options ->
                        Attention.over(new ErringEngine(Backends.open(options), factor), options));
    }

    private static Engines erringBackward(float factor) {
        return engines(
                options ->
                        Attention.over(
                                new ErringBackwardEngine(Backends.open(options), factor), options));
    }

    private static Engines engines(Function<AttentionOptions, Attention> sessions) {
        return new Engines(sessions, Backends::roofProbe, EnergyMeter::open);
    }

    private static Run run(String arguments) {
        return run(Engines.INSTALLED, arguments);
    }

    private static Run run(Engines engines, String arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var failures = new Failures(() -> false);
        int exit =
                new CommandLine(new BenchCommand(engines))
                        .setParameterExceptionHandler(failures)
                        .setExecutionExceptionHandler(failures)
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(arguments.strip().split(" +", -1));
        return new Run(exit, out.toString(), err.toString());
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
