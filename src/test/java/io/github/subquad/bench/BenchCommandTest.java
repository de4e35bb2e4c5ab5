package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.BackendException;
import io.github.subquad.Backends;
import io.github.subquad.cli.BenchCommand;

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

    private record Outcome(int exit, String out, String err) {}

    @Test
    void aRightResultHasASpeedAndExitCode0() {
        Outcome outcome = run("--format json " + SHAPE);
        JsonNode row = JsonMapper.shared().readTree(outcome.out).at("/rows/0");
        assertThat(outcome.exit).isZero();
        assertThat(row.at("/verdict/ok").asBoolean()).isTrue();
        assertThat(row.at("/time/samples_ns")).hasSize(3);
        assertThat(row.at("/gflops").asDouble()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "md", "csv", "json"})
    void aResultThatErrsByAThousandthHasNoSpeedAndExitCode1(String format) {
        Outcome outcome = run(erring(1.001f), "--format " + format + " " + SHAPE);
        assertThat(outcome.exit).isEqualTo(1);
        assertThat(outcome.out)
                .containsPattern(
                        switch (format) {
                            case "table" -> "test:0 +1 +– +– +– +– .* FAILED";
                            case "md" -> "test:0 \\| 1 \\| – \\| – \\| – \\| – \\| .* FAILED \\|";
                            case "csv" -> "STAGED,1,,,,,,,,,,\\d+,\\d+,false,";
                            default -> "\"ok\" : false";
                        })
                .doesNotContain("samples_ns");
    }

    @Test
    void theSameEngineWithoutItsErrorPasses() {
        assertThat(run(erring(1), SHAPE).exit).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--backend cpu --workload sd15-cross-64x64 --time 0.01 --warm-up 0.25",
                "--backend reference --shape 6,5,7,3,2 --kv-heads 3 --causal=top-left --dtype bf16"
                    + " --seed 9"
                        + SMALL,
                "--backend reference --shape 2,5,7,3 --causal --threads 1 --kernel staged --dtype"
                    + " f16"
                        + SMALL,
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
        Outcome outcome =
                run("--format csv --threads 1,2 --shape 1,2,3,4 --backend reference,cpu" + SMALL);
        assertThat(outcome.exit).isZero();
        assertThat(outcome.out.lines()).hasSize(1 + 4);
    }

    @Test
    void aFileHoldsTheFormatOfItsEndingWhileTheScreenShowsATable(@TempDir Path directory)
            throws IOException {
        Path file = directory.resolve("result.json");
        Outcome outcome = run("--output " + file + " " + SHAPE);
        assertThat(outcome.out).contains("──").contains("4,33,47,8");
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
        Outcome outcome = run(failing, "--threads 1,2 --output " + file + " " + SHAPE);
        assertThat(outcome.exit).isEqualTo(1);
        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThat(names(directory)).containsExactly("result.csv");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    --workload nothing       ; workload: expected one of sd15-self-64x64
                    --shape 1,2,3            ; shape: expected bh,q,k,d
                    --shape 4,2,3,4 --kv-heads 3; query heads: expected a multiple of the 3 key heads
                    --kv-heads 2             ; --shape
                    --causal                 ; --shape
                    --shape 1,2,3,4 --causal=up; expected one of none, bottom-right, top-left, got 'up'
                    --dtype bool             ; expected one of f32, f16, bf16, got 'bool'
                    --backend gpu            ; backend: expected auto
                    --device 7 --backend reference; device: expected one of
                    --kernel fused --backend reference; kernel: expected auto or staged
                    --threads 0              ; threads: expected at least 1, got 0
                    --repetitions 0          ; repetitions: expected at least 1, got 0
                    --time 0                 ; time: expected more than 0 seconds
                    --time -1                ; expected seconds
                    --time 1 --repetitions 1 ; mutually exclusive
                    --warm-up NaN            ; expected seconds
                    --format xml             ; expected one of table, md, csv, json, got 'xml'
                    --output /no/such/dir/x  ; output: expected a file in a directory that can be
                    """)
    void whatCannotBeDoneIsAnErrorOfUsage(String arguments, String message) {
        Outcome outcome = run(arguments);
        assertThat(outcome.exit).isEqualTo(2);
        assertThat(outcome.err.lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).contains(message));
        assertThat(outcome.out).isEmpty();
    }

    @Test
    void tensorsBeyondTheMemoryOfTheMachineAreRefusedByName() {
        Outcome outcome = run("--backend reference --shape 1000,1000000000,1,1000");
        assertThat(outcome.exit).isNotZero();
        assertThat(outcome.err)
                .contains("workload: the tensors of 1000,1000000000,1,1000 take")
                .contains("more than the Java machine may allocate");
    }

    @Test
    void theListNamesEveryWorkload() {
        Outcome outcome = run("--list");
        assertThat(outcome.exit).isZero();
        assertThat(outcome.out.lines().map(line -> line.split(" ", 2)[0]))
                .containsExactlyElementsOf(
                        Workload.CATALOGUE.stream().map(Workload::name).toList());
    }

    private static JsonNode onlyRow(String arguments) {
        Outcome outcome = run(arguments + " --format json");
        assertThat(outcome.exit).as(outcome.err).isZero();
        JsonNode rows = JsonMapper.shared().readTree(outcome.out).at("/rows");
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private static Function<AttentionOptions, Attention> erring(float factor) {
        return options -> Attention.over(new ErringEngine(Backends.open(options), factor), options);
    }

    private static Outcome run(String arguments) {
        return run(Attention::open, arguments);
    }

    private static Outcome run(Function<AttentionOptions, Attention> sessions, String arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit =
                new CommandLine(new BenchCommand(sessions))
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(arguments.strip().split(" +", -1));
        return new Outcome(exit, out.toString(), err.toString());
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
