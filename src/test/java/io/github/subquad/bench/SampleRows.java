package io.github.subquad.bench;

import io.github.subquad.AttentionShape;
import io.github.subquad.CallTiming;
import io.github.subquad.Causal;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.bench.machine.Environment;
import io.github.subquad.bench.machine.Roof;
import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;

import java.util.Collections;
import java.util.List;

/** Rows of known numbers. */
final class SampleRows {
    static final Environment ENVIRONMENT =
            new Environment(
                    "A | B \"C\" <X>",
                    List.of("avx2"),
                    256,
                    4,
                    8,
                    16L << 30,
                    32L << 20,
                    "amd64",
                    "An OS 1",
                    "Java 25",
                    List.of("-Xmx1g"),
                    null,
                    0.5,
                    null,
                    null,
                    null,
                    "0123abcd",
                    true,
                    List.of());

    private static final Verdict RIGHT = new Verdict(2.5e-7, 5e-7, 0, 1e-6, 0.06, 100, 800);
    private static final Verdict WRONG = new Verdict(1e-3, 2e-3, 0, 1e-6, 250, 100, 800);
    private static final AttentionShape SHAPE = AttentionShape.of(8, 100, 50, 32);

    private SampleRows() {}

    /** 8 · 100 · 50 · 32 multiply-adds twice, 5,120,000 operations in 2 µs: 2560 GFLOP/s. */
    static Row right() {
        return row("plain", SHAPE, Setting.of("cpu", 2), "Vector API, 512", RIGHT);
    }

    /** 2 · 1000 · 64 float32 numbers read in 2 µs: 256 GB/s; a name that every format escapes. */
    static Row decoding() {
        var shape = new AttentionShape(4, 1, 1, 1000, 64, 64);
        return row("a|b,\"c\" *d*", shape, Setting.of("cpu", 2), "Vector API, 512", RIGHT);
    }

    /** 1.5 µs of kernels, 3 ms of compiling. */
    static Row onADevice() {
        return row("there", SHAPE, Setting.of("tornado", 2), "a GPU", RIGHT);
    }

    /** 3.5 times the operations of {@link #right}, in the same time. */
    static Row backward() {
        Row row = right();
        return new Row(
                row.workload().withPass(Pass.FORWARD_BACKWARD),
                row.setting().withCheckpoint(false),
                row.device(),
                row.plan(),
                Judgement.of(
                        RIGHT,
                        new GradientVerdict(
                                new GradientVerdict.Part(1e-7, 1e-6, 0.1, 80, 800),
                                new GradientVerdict.Part(4e-7, 1e-6, 0.2, 40, 400),
                                new GradientVerdict.Part(2e-7, 1e-6, 0.3, 40, 400))),
                row.start(),
                row.turnsNanos(),
                row.memory(),
                row.energy(),
                row.command());
    }

    static Row wrong() {
        return row("broken", SHAPE, Setting.of("test", 2), "errs", WRONG);
    }

    /** A peer beside {@link #right}, with as many threads and half as fast. */
    static Row peer() {
        Row row = row("plain", SHAPE, Setting.ofPeer("pytorch", 2), "PyTorch", RIGHT);
        return with(row, row.turnsNanos().stream().map(SampleRows::doubled).toList());
    }

    private static List<Long> doubled(List<Long> turn) {
        return turn.stream().map(nanos -> 2 * nanos).toList();
    }

    static Row with(Row row, List<List<Long>> turns) {
        return new Row(
                row.workload(),
                row.setting(),
                row.device(),
                row.plan(),
                row.verdict(),
                row.start(),
                turns,
                row.memory(),
                row.energy(),
                row.command());
    }

    static Report report(Row... rows) {
        return report(List.of(), rows);
    }

    static Report report(List<Roof> roofs, Row... rows) {
        List<Case> cases = List.of(rows).stream().map(Row::measured).toList();
        var run = new Run("bin/subquad bench", "2026-01-02T03:04:05Z", 1, Protocol.DEFAULT, cases);
        return new Report(
                run, ENVIRONMENT, "not readable here: no tool", roofs, List.of(rows), List.of());
    }

    /** Seven repetitions, of median 2 µs; half of the interval of 1.8 to 2.2 µs is 10%. */
    private static List<List<Long>> turns() {
        return List.of(
                List.of(1900L, 1900L, 5000L),
                List.of(2100L),
                List.of(2000L),
                List.of(2050L),
                List.of(1950L),
                List.of(2200L),
                List.of(1800L));
    }

    private static Row row(
            String name, AttentionShape shape, Setting setting, String device, Verdict verdict) {
        var first = new CallTiming(3_000_000, 400, 1600, 100, 0);
        var steady = new CallTiming(0, 300, 1500, 100, 0);
        boolean tells = setting.backend().equals("tornado");
        var plan =
                new ChunkPlan(
                        shape,
                        Kernel.FUSED,
                        10,
                        20,
                        50,
                        2,
                        List.of(new ChunkPlan.Buffer("tiles of a thread", 2, 1024)));
        return new Row(
                new Workload(name, shape, Causal.NONE, DataType.F32, Pass.FORWARD),
                setting.on(setting.backend(), "0"),
                new Device(setting.backend(), "0", device, 0, true, "", ""),
                PlanSummary.of(plan),
                Judgement.of(verdict),
                new Start(
                        500,
                        9000,
                        6,
                        true,
                        tells ? Phases.of(first) : null,
                        tells ? Phases.of(steady) : null),
                turns(),
                new MemoryUse(2048L, 0, 1536L, 0, null),
                null,
                "bin/subquad bench --workload " + name.charAt(0));
    }

    /** As many equal turns of one call each. */
    static List<List<Long>> turns(int count, long nanos) {
        return Collections.nCopies(count, List.of(nanos));
    }
}
