package io.github.subquad.bench.report;

import io.github.subquad.bench.JsonExporter;
import io.github.subquad.bench.Ratios;
import io.github.subquad.bench.ResultFile;
import io.github.subquad.bench.Row;
import io.github.subquad.bench.Statistics;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/**
 * What the page's scripts work on: {@code {files: [{name, report, ratios: [{row, peer,
 * statistics}]}]}}. Reports are written out anew from the records that were read, so that nothing
 * passes that the schema does not know.
 */
final class ReportData {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private ReportData() {}

    static ObjectNode of(List<ResultFile> files) {
        ObjectNode data = MAPPER.createObjectNode();
        ArrayNode all = data.putArray("files");
        for (ResultFile file : files) {
            ObjectNode node = all.addObject();
            node.put("name", file.name());
            node.set("report", tree(file));
            addRatios(node.putArray("ratios"), file.report().rows());
        }
        return data;
    }

    /** The report as result files hold it. */
    static JsonNode tree(ResultFile file) {
        return MAPPER.readTree(new JsonExporter().export(file.report()));
    }

    /** Each of our rows over each peer that did the same with as many threads. */
    private static void addRatios(ArrayNode ratios, List<Row> rows) {
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            for (Row peer : rows) {
                if (!row.setting().peer() && isPeer(peer, row)) {
                    add(ratios, i, peer.setting().backend(), Ratios.of(row, peer));
                }
            }
        }
    }

    private static boolean isPeer(Row peer, Row row) {
        return peer.setting().peer()
                && peer.setting().threads() == row.setting().threads()
                && peer.workload().equals(row.workload());
    }

    private static void add(ArrayNode ratios, int row, String peer, @Nullable Statistics ratio) {
        if (ratio == null) {
            return;
        }
        ObjectNode node = ratios.addObject();
        node.put("row", row);
        node.put("peer", peer);
        ObjectNode statistics = node.putObject("statistics");
        statistics.put("median", ratio.median());
        statistics.put("median_low", ratio.medianLow());
        statistics.put("median_high", ratio.medianHigh());
    }
}
