package io.github.subquad.bench.report;

import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.bench.Case;
import io.github.subquad.bench.Environment;
import io.github.subquad.bench.Judgement;
import io.github.subquad.bench.MemoryUse;
import io.github.subquad.bench.PlanSummary;
import io.github.subquad.bench.Protocol;
import io.github.subquad.bench.Report;
import io.github.subquad.bench.Row;
import io.github.subquad.bench.Run;
import io.github.subquad.bench.Setting;
import io.github.subquad.bench.Skipped;
import io.github.subquad.bench.Start;
import io.github.subquad.bench.Workload;
import io.github.subquad.tensor.DataType;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Invented results of every kind that a page draws, the same each time. */
final class SampleReports {
    private static final double TOP_GFLOPS = 150;
    private static final int REPETITIONS = 10;

    private final Random random = new Random(7);
    private final List<Row> rows = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();

    private SampleReports() {}

    /** Two devices and a peer; a wrong row, skipped ones, scaling, chunk sizes. */
    static Report rich() {
        var sample = new SampleReports();
        for (String backend : List.of("cpu", "tornado", "pytorch")) {
            for (DataType type : List.of(DataType.F32, DataType.F16)) {
                sample.add(workload("sd15-self-32x32", 16, 16, 1024, 1024, 80, type), backend);
                sample.add(workload("llm-prefill-1k", 32, 8, 1024, 1024, 128, type), backend);
                sample.add(workload("llm-decode-16k", 32, 8, 1, 16384, 128, type), backend);
            }
            for (int k = 1; k <= 64; k *= 2) {
                int tokens = 1024 * k;
                sample.add(workload("scaling-" + k + "k", 1, 1, tokens, tokens, 64), backend);
            }
        }
        for (int q = 64; q <= 4096; q *= 4) {
            for (int k = 64; k <= 4096; k *= 4) {
                var setting = setting("cpu").inChunks(q, k);
                sample.add(workload("chunks-4k", 8, 8, 4096, 4096, 64), setting, 1);
            }
        }
        sample.wrong();
        sample.skip("the device has 15.5 GiB, this call needs 40.0 GiB", false);
        sample.skip("ptxas: out of registers", true);
        return sample.report();
    }

    /** One row whose names are all this text. */
    static Report named(String text) {
        var sample = new SampleReports();
        sample.add(
                workload(text, 1, 1, 256, 256, 64), Setting.of(text, 1).on(text, text), 1);
        return sample.report();
    }

    /** Many rows, of three devices. */
    static Report many(int workloads) {
        var sample = new SampleReports();
        for (int i = 0; i < workloads; i++) {
            for (String backend : List.of("cpu", "tornado", "pytorch")) {
                sample.add(workload("workload-" + i, 4, 4, 256 + i, 300, 64), backend);
            }
        }
        return sample.report();
    }

    /** What a page takes, with roofs. */
    static ObjectNode data(Report... reports) {
        List<ResultFile> files = new ArrayList<>();
        for (Report report : reports) {
            files.add(new ResultFile("results-%d.json".formatted(files.size() + 1), report));
        }
        ObjectNode data = ReportData.of(files);
        for (var file : data.get("files")) {
            ((ObjectNode) file.get("report")).set("roofs", JsonMapper.shared().readTree(ROOFS));
        }
        return data;
    }

    private static final String ROOFS =
            """
            [{"device": "cpu:0", "threads": 2, "repetitions": 10,
              "fma_gflops": {"median": 210, "best": 224},
              "copy_gigabytes_per_second": {"median": 14, "best": 15},
              "read_gigabytes_per_second": {"median": 21, "best": 23},
              "round_trip_nanos": {"median": 4000, "best": 3500}},
             {"device": "tornado:0", "threads": 2, "repetitions": 10,
              "fma_gflops": {"median": 900, "best": 960},
              "copy_gigabytes_per_second": {"median": 110, "best": 120},
              "read_gigabytes_per_second": {"median": 180, "best": 190},
              "round_trip_nanos": {"median": 90000, "best": 80000}}]
            """;

    private static Workload workload(
            String name, int heads, int keyHeads, int queries, int keys, int channels) {
        return workload(name, heads, keyHeads, queries, keys, channels, DataType.F32);
    }

    private static Workload workload(
            String name,
            int heads,
            int keyHeads,
            int queries,
            int keys,
            int channels,
            DataType type) {
        var shape = new AttentionShape(heads, keyHeads, queries, keys, channels, channels);
        return new Workload(name, shape, Causal.NONE, type);
    }

    private static Setting setting(String backend) {
        return backend.equals("pytorch")
                ? Setting.ofPeer(backend, 2).on(backend, null)
                : Setting.of(backend, 2).on(backend, "0");
    }

    private void add(Workload workload, String backend) {
        double speed =
                switch (backend) {
                    case "tornado" -> 3.5;
                    case "pytorch" -> 0.7;
                    default -> 1;
                };
        add(workload, setting(backend), speed);
    }

    private void add(Workload workload, Setting setting, double speed) {
        rows.add(row(workload, setting, speed, true));
    }

    private void wrong() {
        rows.add(row(workload("broken", 4, 4, 256, 256, 64), setting("tornado"), 1, false));
    }

    private void skip(String reason, boolean failed) {
        var workload = workload("scaling-128k", 1, 1, 131_072, 131_072, 64);
        skipped.add(new Skipped(workload, setting("tornado"), reason, failed));
    }

    private Row row(Workload workload, Setting setting, double speed, boolean ok) {
        var shape = workload.shape();
        double overhead = 20_000 * speed * speed;
        double chunks =
                setting.queryChunkSize() == null ? 1 : 1 + 30.0 / setting.queryChunkSize();
        double nanos = overhead + chunks * workload.flops() / (TOP_GFLOPS * speed);
        long planned = 40_000 + 260L * shape.queryTokens() + (long) (20_000 * speed);
        var device = device(setting);
        return new Row(
                workload,
                setting,
                device,
                new PlanSummary(
                        Kernel.FUSED,
                        setting.threads(),
                        orElse(setting.queryChunkSize(), 64),
                        orElse(setting.kvChunkSize(), 256),
                        shape.keyTokens(),
                        planned,
                        List.of(new ChunkPlan.Buffer("tiles of a thread", 2, planned / 2))),
                new Judgement(ok, ok ? 2.5e-7 : 1e-3, ok ? 5e-7 : 2e-3, 1e-6, 100, 800),
                new Start(50_000, (long) (nanos * 3), 8, true, null, null),
                turns(nanos),
                new MemoryUse(planned, planned, planned * 3 + 2_000_000),
                null,
                "bin/subquad bench --workload " + workload.name());
    }

    private static long orElse(@Nullable Integer size, int other) {
        return size == null ? other : size;
    }

    private static Device device(Setting setting) {
        String id = setting.device() == null ? "0" : setting.device();
        return new Device(
                setting.backend(), id, "a device of " + setting.backend(), 0, true, "", "");
    }

    /** Some spread, a little drift, now and then an outlier. */
    private List<List<Long>> turns(double nanos) {
        List<List<Long>> turns = new ArrayList<>();
        double drift = random.nextDouble() < 0.2 ? 0.01 : 0;
        for (int turn = 0; turn < REPETITIONS; turn++) {
            double level = nanos * (1 + drift * turn + 0.01 * random.nextGaussian());
            List<Long> calls = new ArrayList<>();
            for (int call = 0; call < 20; call++) {
                double outlier = random.nextDouble() < 0.005 ? 1 + random.nextDouble() : 1;
                double spread = 1 + 0.015 * Math.abs(random.nextGaussian());
                calls.add(Math.max(1, Math.round(level * spread * outlier)));
            }
            turns.add(calls);
        }
        return turns;
    }

    private Report report() {
        List<Case> cases = new ArrayList<>(rows.stream().map(Row::measured).toList());
        skipped.forEach(s -> cases.add(new Case(s.workload(), s.setting())));
        return new Report(
                new Run(
                        "bin/subquad bench --output results.json",
                        "2026-11-24T14:35:30Z",
                        1,
                        Protocol.DEFAULT,
                        cases),
                new Environment(
                        "A processor", 4, 8, 16L << 30, "amd64", "An OS 1", "Java 25"),
                rows,
                skipped);
    }
}
