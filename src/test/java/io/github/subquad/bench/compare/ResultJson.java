package io.github.subquad.bench.compare;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Result files of rows with known times, made of their JSON, so that they are read as any file. */
public final class ResultJson {
    private static final String HEAD =
            """
            {
              "format": "subquad-bench",
              "version": 2,
              "run": {
                "command": "bin/subquad bench",
                "started": "2026-11-24T10:00:00Z",
                "seed": 1,
                "protocol": {"warm_up": "PT3S", "time": "PT2S", "repetitions": 10, "cache": "warm"},
                "cases": []
              },
              "environment": {
                "processor": "a processor",
                "processor_flags": [],
                "lane_bits": 512,
                "cores": 2,
                "threads": 2,
                "memory_bytes": 8589934592,
                "last_level_cache_bytes": null,
                "architecture": "amd64",
                "operating_system": "an OS",
                "java_machine": "Java 25",
                "java_options": [],
                "tornadovm": null,
                "load_average": 0.5,
                "governor": null,
                "clock_megahertz": null,
                "temperature_celsius": null,
                "commit": null,
                "dirty": null,
                "gpus": []
              },
              "energy": "none was read",
              "roofs": [],
              "rows": [],
              "skipped": []
            }
            """;

    private static final String ROW =
            """
            {
              "workload": {
                "name": "w",
                "shape": {"query_heads": 1, "key_heads": 1, "query_tokens": 2, "key_tokens": 3,
                  "channels": 4, "value_channels": 4},
                "causal": "none",
                "data_type": "f32"
              },
              "setting": {"backend": "cpu", "device": "0", "peer": false, "kernel": "auto",
                "kernel_step": null, "merge": "device", "threads": 2, "query_chunk_size": null,
                "kv_chunk_size": null, "self_check": true},
              "device": {"backend": "cpu", "id": "0", "name": "lanes", "memory_bytes": 0,
                "usable": true, "note": "", "remedy": ""},
              "plan": {"kernel": "fused", "threads": 2, "query_chunk_size": 2, "kv_chunk_size": 3,
                "kv_split_size": 3, "bytes": 0, "buffers": []},
              "verdict": {"ok": true, "relative_error": 1e-7, "greatest_row_error": 1e-7,
                "bound": 1e-6, "rows_checked": 2, "rows": 2},
              "start": {"plan_nanos": 1, "first_call_nanos": 1, "warm_up_calls": 1, "steady": true,
                "first_call": null, "steady_call": null},
              "turns_nanos": [],
              "memory": {"planned_bytes": 0, "planned_device_bytes": 0, "held_bytes": null,
                "held_device_bytes": 0, "resident_growth_bytes": null},
              "energy": null,
              "command": "bin/subquad bench"
            }
            """;

    private final ObjectNode root = (ObjectNode) JsonMapper.shared().readTree(HEAD);

    /** A file without rows. */
    public ResultJson() {}

    /** Another value of a part that is there, such as {@code /run/seed}. */
    public ResultJson with(String pointer, Object value) {
        set(root, pointer, value);
        return this;
    }

    /** One more row; what it is may be changed by {@link #with}, as {@code /rows/0/setting/…}. */
    public ResultJson row(String workload, String backend, int threads, long... nanos) {
        var row = (ObjectNode) JsonMapper.shared().readTree(ROW);
        set(row, "/workload/name", workload);
        set(row, "/setting/backend", backend);
        set(row, "/device/backend", backend);
        set(row, "/setting/threads", threads);
        ArrayNode turns = row.withArrayProperty("turns_nanos");
        for (long time : nanos) {
            turns.addArray().add(time);
        }
        root.withArrayProperty("rows").add(row);
        return this;
    }

    /** One more case that was not measured. */
    public ResultJson skipped(String workload, String backend, int threads, String reason) {
        var row = (ObjectNode) JsonMapper.shared().readTree(ROW);
        set(row, "/workload/name", workload);
        set(row, "/setting/backend", backend);
        set(row, "/setting/threads", threads);
        ObjectNode skipped = root.withArrayProperty("skipped").addObject();
        skipped.set("workload", row.get("workload"));
        skipped.set("setting", row.get("setting"));
        skipped.put("reason", reason).put("failed", false);
        return this;
    }

    /** Times as a busy machine has them: few far above the rest. */
    public static long[] times(long seed, int count, double typicalNanos) {
        var random = new SplittableRandom(seed);
        return random.doubles(count)
                .mapToLong(u -> Math.round(typicalNanos * (1 + 0.02 * u + 0.05 * Math.pow(u, 8))))
                .toArray();
    }

    /** Writes the file. */
    public Path write(Path file) throws IOException {
        return Files.writeString(file, root.toString());
    }

    private static void set(ObjectNode root, String pointer, Object value) {
        int slash = pointer.lastIndexOf('/');
        ((ObjectNode) root.at(pointer.substring(0, slash)))
                .set(pointer.substring(slash + 1), JsonMapper.shared().valueToTree(value));
    }
}
