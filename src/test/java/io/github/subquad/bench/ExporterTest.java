package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.reference.Verdict;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.List;

class ExporterTest {
    private static final Row RIGHT = SampleRows.right();
    private static final Row DECODING = SampleRows.decoding();
    private static final Row WRONG = SampleRows.wrong();
    private static final Report REPORT =
            new Report(
                    SampleRows.ENVIRONMENT,
                    List.of(RIGHT, DECODING, WRONG, SampleRows.onADevice()));
    private static final List<Workload> WORKLOADS =
            REPORT.rows().stream().map(Row::workload).toList();

    @Test
    void aTableIsAligned() {
        assertThat(Format.TABLE.exporter(WORKLOADS).export(REPORT))
                .isEqualTo(
                        """
                        A | B "C" <X> · 8 processors · 16.0 GiB · An OS 1 · Java 25

                        workload          dtype  device       threads      time  spread   kernels   compile  GFLOP/s  GB/s   planned      held  verdict
                        ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
                        plain             F32    cpu:0              2  2.000 µs   ±4.2%         –         –     2560     –  2.00 KiB  1.50 KiB  ok (2.5e-07)
                        a|b,"c" *d*       F32    cpu:0              2  2.000 µs   ±4.2%         –         –      512   256  2.00 KiB  1.50 KiB  ok (2.5e-07)
                        broken            F32    test:0             2         –       –         –         –        –     –  2.00 KiB  1.50 KiB  FAILED
                        there             F32    tornado:0          2  2.000 µs   ±4.2%  1.500 µs  3.000 ms     2560     –  2.00 KiB  1.50 KiB  ok (2.5e-07)

                        cpu:0: Vector API, 512
                        test:0: errs
                        tornado:0: a GPU
                        time: median of the timed calls; spread: half their interquartile range.
                        kernels, compile: on a device, the kernels of a steady call by the device's clock, and compiling them in the first call.
                        GFLOP/s: 4·heads·queries·keys·channels a call, causal calls by visible pairs; GB/s: keys and values once a call.
                        planned, held: memory beyond inputs and output; verdict: relative error against float64.
                        broken on test:0: FAILED: relative error 1.00e-03, greatest row error 2.00e-03, bound 1.00e-06, 100 of 800 rows checked
                        """);
    }

    @Test
    void aTableLeavesRoomForLongNames() {
        var workload =
                Workload.ofShape(new AttentionShape(8, 2, 2048, 2048, 128, 128), Causal.NONE);
        String head = new TableExporter(List.of(workload)).head(SampleRows.ENVIRONMENT);
        assertThat(head.lines().toList().get(2).indexOf("dtype"))
                .isEqualTo(workload.name().length() + 2);
    }

    @Test
    void markdownEndsNoCellEarlyAndHasNoMarkup() {
        String text = Format.MD.exporter(WORKLOADS).export(REPORT);
        List<String> table = text.lines().filter(line -> line.startsWith("|")).toList();
        assertThat(table).hasSize(6);
        assertThat(table)
                .allSatisfy(
                        line ->
                                assertThat(line.replace("\\|", "").chars().filter(c -> c == '|'))
                                        .hasSize(14));
        assertThat(table.get(3)).startsWith("| a\\|b,\"c\" \\*d\\* | F32 |");
        assertThat(text).startsWith("A \\| B \"C\" \\<X\\> · 8 processors");
        assertThat(MarkdownExporter.escaped("two\nlines\r\n`x`")).isEqualTo("two lines \\`x\\`");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            textBlock =
                    """
                    plain  ; plain
                    a,b    ; "a,b"
                    say "a"; "say ""a\"""
                    """)
    void csvQuotesWhatWouldEndAField(String text, String field) {
        assertThat(CsvExporter.quoted(text)).isEqualTo(field);
        assertThat(CsvExporter.quoted("a\nb")).isEqualTo("\"a\nb\"");
    }

    @Test
    void csvHasAFieldForEachNameAndNoSpeedInAFailedRow() {
        List<String> lines = Format.CSV.exporter(WORKLOADS).export(REPORT).lines().toList();
        List<String> names = List.of(lines.getFirst().split(",", -1));
        assertThat(lines).hasSize(5);
        String right = lines.get(1).replace("\"Vector API, 512\"", "Vector API");
        assertThat(right.split(",", -1)).hasSize(names.size());
        assertThat(right.split(",", -1)[names.indexOf("median_ns")]).isEqualTo("2000.0");
        assertThat(right.split(",", -1)[names.indexOf("gflops")]).isEqualTo("2560.0");
        assertThat(lines.get(2))
                .startsWith("\"a|b,\"\"c\"\" *d*\",4,1,1,1000,64,64,none,f32,cpu,0,");
        String[] wrong = lines.get(3).split(",", -1);
        for (int i = names.indexOf("calls"); i <= names.indexOf("gb_per_s"); i++) {
            assertThat(wrong[i]).as(names.get(i)).isEmpty();
        }
        assertThat(wrong[names.indexOf("ok")]).isEqualTo("false");
    }

    @Test
    void jsonParsesBackToWhatWasMeasured() {
        JsonNode root = json(REPORT);
        assertThat(root.at("/format").asString()).isEqualTo("subquad-bench");
        assertThat(root.at("/version").asInt()).isEqualTo(1);
        assertThat(root.at("/environment/processor").asString()).isEqualTo("A | B \"C\" <X>");
        JsonNode row = root.at("/rows/1");
        assertThat(row.at("/workload/name").asString()).isEqualTo("a|b,\"c\" *d*");
        assertThat(row.at("/workload/query_heads").asLong()).isEqualTo(4);
        assertThat(row.at("/plan/extra_bytes").asLong()).isEqualTo(2048);
        assertThat(row.at("/plan/buffers/0/purpose").asString()).isEqualTo("tiles of a thread");
        assertThat(row.at("/held_bytes").asLong()).isEqualTo(1536);
        assertThat(row.at("/verdict/ok").asBoolean()).isTrue();
        assertThat(row.at("/time/samples_ns").valueStream().map(JsonNode::asLong))
                .containsExactly(1900L, 2100L, 2000L);
        assertThat(row.at("/time/median_ns").asDouble()).isEqualTo(2000);
        assertThat(row.at("/gb_per_s").asDouble()).isEqualTo(256);
        assertThat(row.has("device_time")).isFalse();
        JsonNode onADevice = root.at("/rows/3/device_time");
        assertThat(onADevice.at("/first_call/compile_ns").asLong()).isEqualTo(3_000_000);
        assertThat(onADevice.at("/steady_call/kernel_ns").asLong()).isEqualTo(1500);
    }

    @Test
    void jsonHasNoSpeedInAFailedRow() {
        JsonNode row = json(REPORT).at("/rows/2");
        assertThat(row.at("/verdict/ok").asBoolean()).isFalse();
        assertThat(row.has("time")).isFalse();
        assertThat(row.has("gflops")).isFalse();
        assertThat(row.has("gb_per_s")).isFalse();
    }

    @Test
    void jsonStaysJsonWhereAnErrorIsInfinite() {
        var verdict =
                new Verdict(
                        Double.POSITIVE_INFINITY,
                        Double.NaN,
                        0,
                        1e-6,
                        Double.POSITIVE_INFINITY,
                        1,
                        1);
        var row =
                new Row(
                        WRONG.workload(),
                        WRONG.device(),
                        WRONG.plan(),
                        0,
                        verdict,
                        null,
                        null,
                        WRONG.command());
        JsonNode parsed = json(new Report(SampleRows.ENVIRONMENT, List.of(row)));
        assertThat(parsed.at("/rows/0/verdict/relative_error").asString()).isEqualTo("Infinity");
        assertThat(parsed.at("/rows/0/verdict/greatest_row_error").asString()).isEqualTo("NaN");
    }

    @ParameterizedTest
    @EnumSource
    void aReportWithoutRowsIsWholeAndEndsWithALineBreak(Format format) {
        var empty = new Report(SampleRows.ENVIRONMENT, List.of());
        assertThat(format.exporter(List.of()).export(empty)).endsWith("\n");
    }

    @ParameterizedTest
    @CsvSource({"a.json, JSON", "b/c.MD, MD", "d.csv, CSV", "e.txt, TABLE", "json, TABLE"})
    void theEndingOfAFileTellsItsFormat(String file, Format format) {
        assertThat(Format.ofFile(file)).isEqualTo(format);
    }

    private static JsonNode json(Report report) {
        return JsonMapper.shared().readTree(Format.JSON.exporter(WORKLOADS).export(report));
    }
}
