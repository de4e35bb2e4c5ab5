package io.github.subquad.bench;

import io.github.subquad.AttentionShape;
import io.github.subquad.CallTiming;
import io.github.subquad.ChunkPlan;
import io.github.subquad.reference.Verdict;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * All that is known, raw samples too. Built by hand, since names in a file must outlive those in
 * the code.
 */
public final class JsonExporter implements Exporter {
    private static final String FORMAT = "subquad-bench";
    private static final int VERSION = 1;

    private final JsonMapper mapper = JsonMapper.shared();

    /** Nothing to set. */
    public JsonExporter() {}

    @Override
    public String export(Report report) {
        ObjectNode root = node().put("format", FORMAT).put("version", VERSION);
        root.set("environment", environment(report.environment()));
        var rows = root.putArray("rows");
        report.rows().forEach(row -> rows.add(row(row)));
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static ObjectNode environment(Environment environment) {
        return node().put("processor", environment.processor())
                .put("cores", environment.cores())
                .put("threads", environment.threads())
                .put("memory_bytes", environment.memoryBytes())
                .put("architecture", environment.architecture())
                .put("operating_system", environment.operatingSystem())
                .put("java", environment.javaMachine());
    }

    private static ObjectNode row(Row row) {
        ObjectNode node = node();
        node.set("workload", workload(row.workload()));
        node.putObject("device")
                .put("backend", row.device().backend())
                .put("id", row.device().id())
                .put("name", row.device().name())
                .put("note", row.device().note());
        node.set("plan", plan(row.plan()));
        node.put("held_bytes", row.peakBytes());
        node.set("verdict", verdict(row.verdict()));
        if (row.measurement() != null) {
            node.set("time", time(row.measurement()));
            node.put("gflops", row.gigaflops().orElseThrow());
        }
        DeviceTimes times = row.deviceTimes();
        if (times != null) {
            ObjectNode device = node.putObject("device_time");
            device.set("first_call", timing(times.first()));
            device.set("steady_call", timing(times.steady()));
        }
        row.gigabytes().ifPresent(rate -> node.put("gb_per_s", rate));
        return node.put("command", row.command());
    }

    private static ObjectNode workload(Workload workload) {
        AttentionShape shape = workload.shape();
        return node().put("name", workload.name())
                .put("query_heads", shape.queryHeads())
                .put("key_heads", shape.keyHeads())
                .put("query_tokens", shape.queryTokens())
                .put("key_tokens", shape.keyTokens())
                .put("channels", shape.channels())
                .put("value_channels", shape.valueChannels())
                .put("causal", Word.of(workload.causal()))
                .put("dtype", Word.of(workload.dataType()))
                .put("flops", workload.flops());
    }

    private static ObjectNode plan(ChunkPlan plan) {
        ObjectNode node =
                node().put("kernel", Word.of(plan.kernel()))
                        .put("threads", plan.threads())
                        .put("query_chunk_size", plan.queryChunkSize())
                        .put("kv_chunk_size", plan.kvChunkSize())
                        .put("kv_split_size", plan.kvSplitSize())
                        .put("extra_bytes", plan.extraBytes());
        var buffers = node.putArray("buffers");
        for (ChunkPlan.Buffer buffer : plan.buffers()) {
            buffers.addObject()
                    .put("purpose", buffer.purpose())
                    .put("count", buffer.count())
                    .put("bytes", buffer.bytes());
        }
        return node;
    }

    private static ObjectNode verdict(Verdict verdict) {
        return node().put("ok", verdict.ok())
                .put("relative_error", verdict.relativeError())
                .put("greatest_row_error", verdict.greatestRowError())
                .put("bound", verdict.bound())
                .put("rows_checked", verdict.rowsChecked())
                .put("rows", verdict.rows());
    }

    private static ObjectNode timing(CallTiming timing) {
        return node().put("compile_ns", timing.compile())
                .put("to_device_ns", timing.toDevice())
                .put("kernel_ns", timing.kernel())
                .put("from_device_ns", timing.fromDevice())
                .put("merge_ns", timing.merge());
    }

    private static ObjectNode time(Measurement measurement) {
        Statistics statistics = measurement.statistics();
        ObjectNode node =
                node().put("warm_up_calls", measurement.warmUpCalls())
                        .put("steady", measurement.steady())
                        .put("min_ns", statistics.min())
                        .put("lower_quartile_ns", statistics.lowerQuartile())
                        .put("median_ns", statistics.median())
                        .put("upper_quartile_ns", statistics.upperQuartile())
                        .put("max_ns", statistics.max());
        var samples = node.putArray("samples_ns");
        measurement.samples().forEach(samples::add);
        return node;
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
