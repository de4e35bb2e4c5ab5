package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.BackendException;
import io.github.subquad.Backends;
import io.github.subquad.Causal;
import io.github.subquad.bench.machine.EnergyMeter;
import io.github.subquad.bench.machine.Environment;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Turns, skips and resumption, on tiny shapes and the reference engine. Seed 1. */
class BenchmarkTest {
    private static final int REPETITIONS = 4;
    private static final Protocol QUICK =
            new Protocol(Duration.ZERO, Duration.ofNanos(1), REPETITIONS, Protocol.Cache.WARM);
    private static final Workload SMALL =
            Workload.ofShape(AttentionShape.of(1, 3, 5, 2), Causal.NONE);
    private static final Workload CAUSAL =
            Workload.ofShape(AttentionShape.of(2, 4, 4, 3), Causal.BOTTOM_RIGHT);
    private static final Workload BACKWARD = CAUSAL.withPass(Pass.FORWARD_BACKWARD);
    private static final Setting ONE = Setting.of("reference", 1);
    private static final Setting TWO = Setting.of("reference", 2);

    /** Three turns suffice where even one call is longer than ten times the time. */
    @Test
    void aRowWhoseCallsAreSlowHasThreeTurns() throws IOException {
        assertThat(measure(Attention::open, cases()).rows())
                .hasSize(4)
                .allSatisfy(row -> assertThat(row.turnsNanos()).hasSize(Protocol.LEAST_TURNS))
                .allSatisfy(row -> assertThat(row.verdict().ok()).isTrue());
    }

    @Test
    void everyCaseTakesATurnInEachRepetitionBeforeAnyTakesItsNext() throws IOException {
        var turns = new ArrayList<Case>();
        try (var benchmark = benchmark(slow(), Attention::open, cases())) {
            benchmark.run(
                    new Benchmark.Listener() {
                        @Override
                        public void turn(Case turning, int repetition, int repetitions) {
                            turns.add(turning);
                            assertThat(repetition).isEqualTo(1 + (turns.size() - 1) / 4);
                            assertThat(repetitions).isEqualTo(REPETITIONS);
                        }

                        @Override
                        public void measured(Supplier<Report> report) {}
                    },
                    REPETITIONS);
        }
        assertThat(turns).hasSize(4 * REPETITIONS);
        List<List<Case>> rounds =
                IntStream.range(0, REPETITIONS)
                        .mapToObj(i -> turns.subList(4 * i, 4 * i + 4))
                        .toList();
        assertThat(rounds)
                .allSatisfy(round -> assertThat(round).doesNotHaveDuplicates())
                .allSatisfy(
                        round ->
                                assertThat(round.get(0).workload())
                                        .isEqualTo(round.get(1).workload()));
        assertThat(rounds.stream().distinct().count()).isGreaterThan(1);
    }

    @Test
    void rowsStandInTheOrderInWhichTheyWereAskedFor() throws IOException {
        assertThat(measure(Attention::open, cases()).rows().stream().map(Row::measured))
                .containsExactlyElementsOf(
                        cases().stream()
                                .map(c -> new Case(c.workload(), c.setting().on("reference", "0")))
                                .toList());
    }

    @Test
    void aNameAndItsAliasMakeOneRow() throws IOException {
        var cases = List.of(new Case(SMALL, ONE), new Case(SMALL, ONE.on("reference", "0")));
        assertThat(measure(Attention::open, cases).rows()).hasSize(1);
    }

    @Test
    void aResumedBenchmarkEndsWithTheRowsOfAnUnbrokenOne() throws IOException {
        Report broken;
        try (var benchmark = benchmark(slow(), Attention::open, cases())) {
            int[] turns = {0};
            assertThatThrownBy(
                            () ->
                                    benchmark.run(
                                            _ -> {
                                                if (++turns[0] == 6) {
                                                    throw new CancellationException("Ctrl-C");
                                                }
                                            },
                                            REPETITIONS))
                    .isInstanceOf(CancellationException.class);
            broken = benchmark.report();
        }
        assertThat(broken.rows().stream().mapToInt(row -> row.turnsNanos().size()).sum())
                .isEqualTo(6);
        try (var benchmark = benchmark(slow(), Attention::open, cases())) {
            benchmark.resume(broken);
            int[] turns = {0};
            benchmark.run(_ -> turns[0]++, REPETITIONS);
            assertThat(turns[0]).isEqualTo(4 * REPETITIONS - 6);
            Report whole = benchmark.report();
            assertThat(whole.rows().stream().map(Row::measured))
                    .containsExactlyElementsOf(
                            measure(Attention::open, cases()).rows().stream()
                                    .map(Row::measured)
                                    .toList());
            assertThat(whole.rows())
                    .allSatisfy(row -> assertThat(row.turnsNanos()).hasSize(REPETITIONS));
            for (Row row : broken.rows()) {
                assertThat(whole.rows())
                        .anySatisfy(
                                later ->
                                        assertThat(later.turnsNanos())
                                                .containsAll(row.turnsNanos()));
            }
        }
    }

    @Test
    void resumingAWholeBenchmarkChangesNothing() throws IOException {
        var cases = List.of(new Case(SMALL, ONE), new Case(CAUSAL, Setting.of("cpu", 1)));
        Run run = new Run("", "", 1, QUICK, cases);
        Report whole;
        try (var benchmark = new Benchmark(run, SampleRows.ENVIRONMENT, Engines.INSTALLED, true)) {
            benchmark.run(_ -> {}, REPETITIONS);
            whole = benchmark.report();
        }
        assertThat(whole.roofs()).isNotEmpty();
        for (boolean withRoofs : new boolean[] {true, false}) {
            try (var benchmark =
                    new Benchmark(run, SampleRows.ENVIRONMENT, Engines.INSTALLED, withRoofs)) {
                benchmark.resume(whole);
                benchmark.run(_ -> {}, REPETITIONS);
                assertThat(benchmark.report()).isEqualTo(whole);
            }
        }
    }

    @Test
    void aBenchmarkStopsAfterAsManyRepetitionsAsItIsTold() throws IOException {
        try (var benchmark = benchmark(slow(), Attention::open, cases())) {
            benchmark.run(_ -> {}, 2);
            assertThat(benchmark.report().rows())
                    .allSatisfy(row -> assertThat(row.turnsNanos()).hasSize(2));
        }
    }

    @Test
    void samplesOfAnotherMachineAreNotMixedIn() throws IOException {
        Report here = measure(Attention::open, cases());
        var there =
                new Report(
                        here.run(),
                        Environment.read(),
                        here.energy(),
                        here.roofs(),
                        here.rows(),
                        here.skipped());
        try (var benchmark = benchmark(QUICK, Attention::open, cases())) {
            assertThatThrownBy(() -> benchmark.resume(there))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("resume: this is not where the benchmark was begun: ")
                    .hasMessageContaining("processor: ");
        }
    }

    @Test
    void aRowOfADeviceThatIsNotThereIsNotDropped() throws IOException {
        Report whole = measure(Attention::open, cases());
        try (var benchmark = benchmark(QUICK, Attention::open, cases().subList(0, 3))) {
            assertThatThrownBy(() -> benchmark.resume(whole))
                    .hasMessageContaining("2 threads was measured on reference:0")
                    .hasMessageContaining("which is not there now");
        }
    }

    @Test
    void aPeerThatTakesNoChunksDoesNotEndTheBenchmark() throws IOException {
        Function<AttentionOptions, Attention> picky =
                options -> {
                    if (options.kvChunkSize() != null) {
                        throw new IllegalArgumentException("kvChunkSize: expected none");
                    }
                    return Attention.open(options);
                };
        Report report =
                measure(
                        picky,
                        List.of(new Case(SMALL, ONE.inChunks(null, 2)), new Case(CAUSAL, ONE)));
        assertThat(report.rows()).hasSize(1);
        assertThat(report.skipped()).hasSize(1);
    }

    @Test
    void whatASettingCannotDoIsSkippedWithTheReason() throws IOException {
        Function<AttentionOptions, Attention> picky =
                options -> {
                    if (options.causal() != Causal.NONE && options.threadCount() == 2) {
                        throw new IllegalArgumentException("causal: expected none");
                    }
                    return Attention.open(options);
                };
        Report report = measure(picky, cases());
        assertThat(report.rows()).hasSize(3);
        assertThat(report.skipped())
                .containsExactly(new Skipped(CAUSAL, TWO, "causal: expected none", false));
        assertThat(report.ok()).isTrue();
    }

    @Test
    void aBackwardPassIsMeasuredWithTheMemoryOfThePassThatTakesMost() throws IOException {
        var cases =
                List.of(
                        new Case(BACKWARD, ONE),
                        new Case(BACKWARD, Setting.ofPeer("reference", 1)));
        Report report = measure(Attention::open, cases);
        assertThat(report.ok()).isTrue();
        assertThat(report.rows())
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.verdict().ok()).isTrue())
                .allSatisfy(row -> assertThat(row.gflops()).isPositive());
        try (var attention = Attention.open(ONE.options(Causal.BOTTOM_RIGHT).build())) {
            long forward = attention.planForward(BACKWARD.shape()).extraBytes();
            long backward = attention.planBackward(BACKWARD.shape()).extraBytes();
            assertThat(forward).isNotEqualTo(backward);
            assertThat(report.rows().getFirst().memory().plannedBytes())
                    .isEqualTo(Math.max(forward, backward));
        }
    }

    @Test
    void anEngineWithoutGradientsIsSkippedInABackwardPass() throws IOException {
        var cases =
                List.of(new Case(BACKWARD, ONE), new Case(BACKWARD, TWO), new Case(CAUSAL, TWO));
        Report report = measure(withoutGradients(2), cases);
        assertThat(report.rows()).extracting(Row::workload).containsExactly(BACKWARD, CAUSAL);
        assertThat(report.skipped())
                .containsExactly(
                        new Skipped(BACKWARD, TWO, "reference:0 computes no gradients", false));
        assertThat(report.ok()).isTrue();
    }

    @Test
    void nothingToMeasureForWantOfGradientsIsRefusedAtOnce() {
        assertThatThrownBy(() -> measure(withoutGradients(1), List.of(new Case(BACKWARD, ONE))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pass: reference:0 computes no gradients");
    }

    /** Those of as many threads. */
    private static Function<AttentionOptions, Attention> withoutGradients(int threads) {
        return options ->
                options.threadCount() == threads
                        ? Attention.over(
                                new FailingEngine(Backends.open(options), Integer.MAX_VALUE),
                                options)
                        : Attention.open(options);
    }

    @Test
    void aSettingThatCanDoNothingIsRefusedAtOnce() {
        var cases = List.of(new Case(SMALL, ONE), new Case(SMALL, Setting.of("nothing", 1)));
        assertThatThrownBy(() -> measure(Attention::open, cases))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("backend: expected auto");
    }

    @Test
    void anEngineThatFailsOnTheWayLosesItsRowAndNoOther() throws IOException {
        Function<AttentionOptions, Attention> failing =
                options ->
                        options.threadCount() == 1
                                ? Attention.open(options)
                                : Attention.over(
                                        new FailingEngine(Backends.open(options), 2), options);
        Report report = measure(failing, List.of(new Case(SMALL, ONE), new Case(SMALL, TWO)));
        assertThat(report.rows()).hasSize(1);
        assertThat(report.skipped())
                .containsExactly(
                        new Skipped(
                                SMALL,
                                TWO.on("reference", "0"),
                                "reference:0: lost its power; plug it in",
                                true));
        assertThat(report.ok()).isFalse();
    }

    @Test
    void aDeviceThatCannotBeOpenedEndsTheBenchmarkBeforeItBegins() {
        Function<AttentionOptions, Attention> unplugged =
                _ -> {
                    throw new BackendException("test:0", "is not there", "plug it in");
                };
        assertThatThrownBy(() -> measure(unplugged, cases())).isInstanceOf(BackendException.class);
    }

    @Test
    void whatExceedsTheMemoryOfTheMachineIsSkipped() throws IOException {
        var huge = Workload.ofShape(AttentionShape.of(1000, 1_000_000, 1, 1000), Causal.NONE);
        Report report =
                measure(Attention::open, List.of(new Case(SMALL, ONE), new Case(huge, ONE)));
        assertThat(report.rows()).hasSize(1);
        assertThat(report.skipped().getFirst().reason())
                .startsWith("workload: tensors and buffers of 1000,1000000,1,1000 take 7.");
    }

    @Test
    void coldCachesChangeNoResult() throws IOException {
        var cold = new Protocol(Duration.ZERO, Duration.ofNanos(1), 3, Protocol.Cache.COLD);
        try (var benchmark = benchmark(cold, Attention::open, List.of(new Case(SMALL, ONE)))) {
            benchmark.run(_ -> {}, REPETITIONS);
            assertThat(benchmark.report().rows().getFirst().turnsNanos()).hasSize(3);
            assertThat(benchmark.report().ok()).isTrue();
        }
    }

    @Test
    void aRoofIsSampledInEachRepetition() throws IOException {
        var run = new Run("", "", 1, QUICK, List.of(new Case(SMALL, Setting.of("cpu", 1))));
        try (var benchmark = new Benchmark(run, SampleRows.ENVIRONMENT, Engines.INSTALLED, true)) {
            benchmark.run(_ -> {}, REPETITIONS);
            assertThat(benchmark.report().roofs())
                    .singleElement()
                    .satisfies(roof -> assertThat(roof.device()).isEqualTo("cpu:0"))
                    .satisfies(roof -> assertThat(roof.repetitions()).isEqualTo(3));
        }
    }

    private static List<Case> cases() {
        return List.of(
                new Case(SMALL, ONE),
                new Case(SMALL, TWO),
                new Case(CAUSAL, ONE),
                new Case(CAUSAL, TWO));
    }

    /** Whose time no row of these tests can fill. */
    private static Protocol slow() {
        return new Protocol(
                Duration.ZERO, Duration.ofMillis(400), REPETITIONS, Protocol.Cache.WARM);
    }

    private static Report measure(Function<AttentionOptions, Attention> sessions, List<Case> cases)
            throws IOException {
        try (var benchmark = benchmark(QUICK, sessions, cases)) {
            benchmark.run(_ -> {}, REPETITIONS);
            return benchmark.report();
        }
    }

    private static Benchmark benchmark(
            Protocol protocol, Function<AttentionOptions, Attention> sessions, List<Case> cases) {
        var run = new Run("bin/subquad bench", "2026-01-02T03:04:05Z", 1, protocol, cases);
        return new Benchmark(
                run,
                SampleRows.ENVIRONMENT,
                new Engines(sessions, Backends::roofProbe, EnergyMeter::open),
                false);
    }
}
