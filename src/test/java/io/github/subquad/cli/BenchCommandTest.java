package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.BackendException;
import io.github.subquad.Backends;
import io.github.subquad.bench.Workload;

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
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/** The command as a whole, on small shapes and the reference engine. Seed 1. */
class BenchCommandTest {
    private static final String SMALL = " --repetitions 3 --warm-up 0 ";
    private static final String SHAPE = "--backend reference --shape 4,33,47,8" + SMALL;

    @Test
    void aRightResultHasASpeedAndExitCode0() {
        Run run = run("--format json " + SHAPE);
        JsonNode row = JsonMapper.shared().readTree(run.out()).at("/rows/0");
        assertThat(run.status()).isZero();
        assertThat(row.at("/verdict/ok").asBoolean()).isTrue();
        assertThat(row.at("/time/samples_ns")).hasSize(3);
        assertThat(row.at("/gflops").asDouble()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "md", "csv", "json"})
    void aResultThatErrsByAThousandthHasNoSpeedAndExitCode1(String format) {
        Run run = run(erring(1.001f), "--format " + format + " " + SHAPE);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .containsPattern(
                        switch (format) {
                            case "table" -> "test:0 +1 +– +– +– +– .* FAILED";
                            case "md" -> "test:0 \\| 1 \\| – \\| – \\| – \\| – \\| .* FAILED \\|";
                            case "csv" -> "staged,1,,,,,,,,,,,,\\d+,\\d+,false,";
                            default -> "\"ok\" : false";
                        })
                .doesNotContain("samples_ns");
    }

    @Test
    void theSameEngineWithoutItsErrorPasses() {
        assertThat(run(erring(1), SHAPE).status()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--backend cpu --workload sd15-cross-64x64 --repetitions 1 --warm-up 0",
                "--backend reference --shape 6,5,7,3,2 --kv-heads 3 --causal=top-left --dtype bf16"
                        + " --seed 9"
                        + SMALL,
                "--backend reference --shape 2,5,7,3 --causal --threads 1 --kernel staged"
                        + " --dtype f16 --time 0.01 --warm-up 0.05",
            })
    void theCommandOfARowRepeatsIt(String arguments) {
        JsonNode first = onlyRow(arguments);
        String command = first.at("/command").asString();
        assertThat(command).startsWith("bin/subquad bench ");
        JsonNode second = onlyRow(command.substring("bin/subquad bench ".length()));
        for (String part : List.of("workload", "device", "plan", "verdict", "command")) {
            assertThat(second.at("/" + part)).as(part).isEqualTo(first.at("/" + part));
        }
    }

    @Test
    void everyWorkloadMeetsEveryBackendAndNumberOfThreads() {
        Run run = run("--format csv --threads 1,2 --shape 1,2,3,4 --backend reference,cpu" + SMALL);
        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).hasSize(1 + 4);
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
    void aDeviceThatFailsLeavesTheRowsBefore(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("result.csv");
        var opened = new AtomicInteger();
        Function<AttentionOptions, Attention> failing =
                options -> {
                    if (opened.incrementAndGet() == 4) { // two to check, one for the first row
                        throw new BackendException("test:0", "lost its power", "plug it in");
                    }
                    return Attention.open(options);
                };
        Run run = run(failing, "--threads 1,2 --output " + file + " " + SHAPE);
        assertThat(run.status()).isEqualTo(1);
        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThat(names(directory)).containsExactly("result.csv");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    --workload nothing      ; --workload: expected one of sd15-self-64x64
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
                    --repetitions 0         ; --repetitions: expected at least 1, got 0
                    --time 0                ; --time: expected more than 0 seconds
                    --time -1               ; --time: expected seconds, 0 to a million, got '-1'
                    --time 1 --repetitions 1; mutually exclusive
                    --warm-up NaN           ; --warm-up: expected seconds, 0 to a million, got 'NaN'
                    --format xml            ; --format: expected one of table, md, csv, json
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
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("workload: the tensors of 1000,1000000000,1,1000 take")
                .contains("more than the Java machine may allocate");
    }

    @Test
    void theListNamesEveryWorkload() {
        Run run = run("--list");
        assertThat(run.status()).isZero();
        assertThat(run.out().lines().map(line -> line.split(" ", 2)[0]))
                .containsExactlyElementsOf(
                        Workload.CATALOGUE.stream().map(Workload::name).toList());
    }

    private static JsonNode onlyRow(String arguments) {
        Run run = run(arguments + " --format json");
        assertThat(run.status()).as(run.err()).isZero();
        JsonNode rows = JsonMapper.shared().readTree(run.out()).at("/rows");
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private static Function<AttentionOptions, Attention> erring(float factor) {
        return options -> Attention.over(new ErringEngine(Backends.open(options), factor), options);
    }

    private static Run run(String arguments) {
        return run(Attention::open, arguments);
    }

    private static Run run(Function<AttentionOptions, Attention> sessions, String arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var failures = new Failures(() -> false);
        int exit =
                new CommandLine(new BenchCommand(sessions))
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
