package io.github.subquad.bench.report;

import io.github.subquad.bench.Report;
import io.github.subquad.bench.ResultFile;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Invented result files with every kind of row that a report shows, the same each time. */
public final class SampleReports {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final double TOP_GFLOPS = 150;
    private static final int REPETITIONS = 10;

    private static final String RUN =
            """
            {"command": "bin/subquad bench --output results.json", "started": "2026-11-24T14:35:30Z",
             "seed": 1, "cases": [],
             "protocol": {"warm_up": "PT3S", "time": "PT2S", "repetitions": 10, "cache": "warm"}}
            """;

    private static final String ENVIRONMENT =
            """
            {"processor": "A processor", "processor_flags": ["avx2"], "lane_bits": 256, "cores": 4,
             "threads": 8, "memory_bytes": 17179869184, "last_level_cache_bytes": null,
             "architecture": "amd64", "operating_system": "An OS 1", "java_machine": "Java 25",
             "java_options": [], "tornadovm": null, "load_average": 0.5, "governor": null,
             "clock_megahertz": null, "temperature_celsius": null, "gpus": [],
             "commit": "0123456789abcdef0123456789abcdef01234567", "dirty": false}
            """;

    private static final String ROOFS =
            """
            [{"device": "cpu:0", "threads": 2, "repetitions": 10,
              "fma_gflops": {"median": 210, "best": 224, "samples": [210]},
              "copy_gigabytes_per_second": {"median": 54, "best": 55, "samples": [54]},
              "read_gigabytes_per_second": {"median": 81, "best": 90, "samples": [81]},
              "round_trip_nanos": {"median": 4000, "best": 3500, "samples": [4000]}},
             {"device": "tornado:0", "threads": 2, "repetitions": 10,
              "fma_gflops": {"median": 900, "best": 960, "samples": [900]},
              "copy_gigabytes_per_second": {"median": 110, "best": 120, "samples": [110]},
              "read_gigabytes_per_second": {"median": 180, "best": 190, "samples": [180]},
              "round_trip_nanos": {"median": 90000, "best": 80000, "samples": [90000]}}]
            """;

    private final Random random = new Random(7);
    private final ArrayNode rows = MAPPER.createArrayNode();
    private final ArrayNode skipped = MAPPER.createArrayNode();

    private SampleReports() {}

    /** Two devices and a peer; a wrong row, skipped ones, scaling, chunk sizes. */
    public static JsonNode rich() {
        var sample = new SampleReports();
        for (String backend : List.of("cpu", "tornado", "pytorch")) {
            for (String type : List.of("f32", "f16")) {
                sample.add(workload("sd15-self-32x32", type, 16, 16, 1024, 1024, 80), backend);
                sample.add(workload("llm-prefill-1k", type, 32, 8, 1024, 1024, 128), backend);
                sample.add(workload("llm-decode-16k", type, 32, 8, 1, 16384, 128), backend);
            }
            for (int k = 1; k <= 64; k *= 2) {
                int tokens = 1024 * k;
                sample.add(
                        workload("scaling-" + k + "k", "f32", 1, 1, tokens, tokens, 64), backend);
            }
        }
        for (int q = 64; q <= 4096; q *= 4) {
            for (int k = 64; k <= 4096; k *= 4) {
                var workload = workload("chunks-4k", "f32", 8, 8, 4096, 4096, 64);
                sample.add(workload, setting("cpu", "0", 2, q, k), 1 / (1 + 30.0 / q), true);
            }
        }
        var broken = workload("broken", "f32", 4, 4, 256, 256, 64);
        sample.add(broken, setting("tornado", "0", 2, null, null), 1, false);
        sample.skip("the device has 15.5 GiB, this call needs 40.0 GiB", false);
        sample.skip("ptxas: out of registers", true);
        return sample.file();
    }

    /** One row whose names are all this text. */
    static JsonNode named(String text) {
        var sample = new SampleReports();
        var workload = workload(text, "f32", 1, 1, 256, 256, 64);
        sample.add(workload, setting(text, text, 1, null, null), 1, true);
        return sample.file();
    }

    /** As many workloads on three devices each. */
    static JsonNode many(int workloads) {
        var sample = new SampleReports();
        for (int i = 0; i < workloads; i++) {
            for (String backend : List.of("cpu", "tornado", "pytorch")) {
                sample.add(workload("workload-" + i, "f32", 4, 4, 256 + i, 300, 64), backend);
            }
        }
        return sample.file();
    }

    /** Reads them as the command does, from files in a folder. */
    static List<ResultFile> read(Path folder, JsonNode... reports) throws IOException {
        List<Path> files = new ArrayList<>();
        for (JsonNode report : reports) {
            Path file = folder.resolve("results-%d.json".formatted(files.size() + 1));
            Files.writeString(file, report.toString());
            files.add(file);
        }
        return ResultFile.readAll(files);
    }

    private static ObjectNode workload(
            String name, String type, int heads, int keyHeads, int q, int k, int channels) {
        ObjectNode workload = MAPPER.createObjectNode();
        workload.put("name", name).put("causal", "none").put("data_type", type);
        workload.putObject("shape")
                .put("query_heads", heads)
                .put("key_heads", keyHeads)
                .put("query_tokens", q)
                .put("key_tokens", k)
                .put("channels", channels)
                .put("value_channels", channels);
        return workload;
    }

    private static ObjectNode setting(
            String backend,
            @Nullable String device,
            int threads,
            @Nullable Integer queryChunk,
            @Nullable Integer kvChunk) {
        return MAPPER.createObjectNode()
                .put("backend", backend)
                .put("device", device)
                .put("peer", backend.equals("pytorch"))
                .put("kernel", "auto")
                .putNull("kernel_step")
                .put("merge", "device")
                .put("threads", threads)
                .put("query_chunk_size", queryChunk)
                .put("kv_chunk_size", kvChunk)
                .put("self_check", true);
    }

    private void add(ObjectNode workload, String backend) {
        double speed =
                switch (backend) {
                    case "tornado" -> 3.5;
                    case "pytorch" -> 0.7;
                    default -> 1;
                };
        String device = backend.equals("pytorch") ? null : "0";
        add(workload, setting(backend, device, 2, null, null), speed, true);
    }

    private void add(ObjectNode workload, ObjectNode setting, double speed, boolean ok) {
        JsonNode shape = workload.get("shape");
        double flops = 4;
        for (String size : List.of("query_heads", "query_tokens", "key_tokens", "channels")) {
            flops *= shape.get(size).asDouble();
        }
        double nanos = 20_000 * speed * speed + flops / (TOP_GFLOPS * speed);
        long planned = (long) (40_000 + 260 * shape.get("query_tokens").asLong() * speed);
        ObjectNode row = rows.addObject();
        row.set("workload", workload);
        row.set("setting", setting);
        row.putObject("device")
                .put("backend", setting.get("backend").asString())
                .put("id", setting.get("device").isNull() ? "0" : setting.get("device").asString())
                .put("name", "a device of " + setting.get("backend").asString())
                .put("memory_bytes", 0)
                .put("usable", true)
                .put("note", "")
                .put("remedy", "");
        ObjectNode plan = row.putObject("plan").put("kernel", "fused");
        plan.put("threads", 2)
                .put("query_chunk_size", setting.get("query_chunk_size").asLong(64))
                .put("kv_chunk_size", setting.get("kv_chunk_size").asLong(256))
                .put("kv_split_size", shape.get("key_tokens").asLong())
                .put("bytes", planned)
                .putArray("buffers");
        row.putObject("verdict")
                .put("ok", ok)
                .put("relative_error", ok ? 2.5e-7 : 1e-3)
                .put("greatest_row_error", ok ? 5e-7 : 2e-3)
                .put("bound", 1e-6)
                .put("rows_checked", 100)
                .put("rows", 800);
        row.putObject("start")
                .put("plan_nanos", 50_000)
                .put("first_call_nanos", (long) (3 * nanos))
                .put("warm_up_calls", 8)
                .put("steady", true)
                .putNull("first_call")
                .putNull("steady_call");
        row.set("turns_nanos", ok ? turns(nanos) : MAPPER.createArrayNode());
        row.putObject("memory")
                .put("planned_bytes", planned)
                .put("planned_device_bytes", 0)
                .put("held_bytes", planned)
                .put("held_device_bytes", 0)
                .put("resident_growth_bytes", 3 * planned + 2_000_000);
        row.putNull("energy");
        row.put("command", "bin/subquad bench --workload " + workload.get("name").asString());
    }

    /** Some spread, a little drift, now and then an outlier. */
    private ArrayNode turns(double nanos) {
        ArrayNode turns = MAPPER.createArrayNode();
        double drift = random.nextDouble() < 0.2 ? 0.01 : 0;
        for (int turn = 0; turn < REPETITIONS; turn++) {
            double level = nanos * (1 + drift * turn + 0.01 * random.nextGaussian());
            ArrayNode calls = turns.addArray();
            for (int call = 0; call < 20; call++) {
                double outlier = random.nextDouble() < 0.005 ? 1 + random.nextDouble() : 1;
                double spread = 1 + 0.015 * Math.abs(random.nextGaussian());
                calls.add(Math.max(1, Math.round(level * spread * outlier)));
            }
        }
        return turns;
    }

    private void skip(String reason, boolean failed) {
        ObjectNode skip = skipped.addObject();
        skip.set("workload", workload("scaling-128k", "f32", 1, 1, 131_072, 131_072, 64));
        skip.set("setting", setting("tornado", "0", 2, null, null));
        skip.put("reason", reason).put("failed", failed);
    }

    private ObjectNode file() {
        ObjectNode file = MAPPER.createObjectNode();
        file.put("format", Report.FORMAT).put("version", Report.VERSION);
        file.set("run", MAPPER.readTree(RUN));
        file.set("environment", MAPPER.readTree(ENVIRONMENT));
        file.put("energy", "not readable here: no tool");
        file.set("roofs", MAPPER.readTree(ROOFS));
        file.set("rows", rows);
        file.set("skipped", skipped);
        return file;
    }
}
