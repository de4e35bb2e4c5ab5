package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.bench.machine.Roof;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

class ExporterTest {
    private static final Roof.Figure PEAK = new Roof.Figure(4000, 5120, List.of(4000.0, 5120.0));
    private static final Roof ROOF = new Roof("cpu:0", 2, 5, PEAK, PEAK, PEAK, PEAK);
    private static final Report REPORT =
            SampleRows.report(
                    List.of(ROOF),
                    SampleRows.right(),
                    SampleRows.decoding(),
                    SampleRows.wrong(),
                    SampleRows.onADevice(),
                    SampleRows.peer());

    @Test
    void aTableIsAligned() {
        assertThat(Format.TABLE.exporter().export(REPORT))
                .isEqualTo(
                        """
                        A | B "C" <X> · 8 processors · 16.0 GiB · An OS 1 · Java 25

                        workload     dtype  device     threads  verdict           time       ±  GFLOP/s  of roof  GB/s         × pytorch   kernels   compile  first call   planned      held
                        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
                        plain        f32    cpu:0            2  ok (2.5e-07)  2.000 µs  ±10.0%     2560      50%     –  2.00 (2.00–2.00)         –         –    9.000 µs  2.00 KiB  1.50 KiB
                        a|b,"c" *d*  f32    cpu:0            2  ok (2.5e-07)  2.000 µs  ±10.0%      512      10%   256                 –         –         –    9.000 µs  2.00 KiB  1.50 KiB
                        broken       f32    test:0           2  FAILED               –       –        –        –     –                 –         –         –           –  2.00 KiB  1.50 KiB
                        there        f32    tornado:0        2  ok (2.5e-07)  2.000 µs  ±10.0%     2560        –     –                 –  1.500 µs  3.000 ms    9.000 µs  2.00 KiB  1.50 KiB
                        plain        f32    pytorch:0        2  ok (2.5e-07)  4.000 µs  ±10.0%     1280      25%     –                 –         –         –    9.000 µs  2.00 KiB  1.50 KiB

                        cpu:0: Vector API, 512
                        test:0: errs
                        tornado:0: a GPU
                        pytorch:0: PyTorch
                        verdict: relative error against float64; a wrong result has no speed.
                        time: median of the repetitions; ±: half its 95% confidence interval; kernels, compile: on a device, by its own clock, of a steady and of the first call.
                        GFLOP/s: 2·heads·visible pairs·(channels + value channels) a call; GB/s: keys and values once a call.
                        planned, held: memory beyond inputs and output, by the plan and by the engine.
                        ×: how many times as fast as that peer with as many threads, by the ratios within repetitions, with their median's 95% confidence interval; grew: the process in the row's first call.
                        of roof: share of what the device can do at most, which is the lesser of its multiply-adds and of operations a byte times its reading: cpu:0 with 2 threads 5120 GFLOP/s and 5120 GB/s.
                        energy: not readable here: no tool.
                        FAILED: relative error 1.0e-03, greatest row error 2.0e-03, bound 1.0e-06, 100 of 800 rows checked: broken, f32, test:0, 2 threads
                        """);
    }

    @Test
    void aColumnWithoutAWordInItIsLeftOut() {
        String table = Format.TABLE.exporter().export(SampleRows.report(SampleRows.right()));
        assertThat(table.lines().toList().get(2))
                .contains("workload", "GFLOP/s")
                .doesNotContain("compile", "GB/s", "×", "chunks", "of roof");
    }

    @Test
    void whereSomeRowGoesBackwardEachTellsItsPassAndTheConventionIsSaid() {
        String table =
                Format.TABLE
                        .exporter()
                        .export(SampleRows.report(SampleRows.right(), SampleRows.backward()));
        List<String> lines = table.lines().map(line -> line.replaceAll(" +", " ")).toList();
        assertThat(lines.get(2)).startsWith("workload pass dtype device kernel threads");
        assertThat(lines.get(4)).contains("plain forward f32 cpu:0 – 2 ok (2.5e-07)", " 2560 ");
        assertThat(lines.get(5))
                .contains("plain forward+backward f32 cpu:0 weights kept 2 ok (4.0e-07)", " 8960 ");
        assertThat(table).contains("forward+backward: output, then gradients", "; 3.5 times");
    }

    @Test
    void markdownEndsNoCellEarlyAndHasNoMarkup() {
        String text = Format.MD.exporter().export(REPORT);
        List<String> table = text.lines().filter(line -> line.startsWith("|")).toList();
        assertThat(table).hasSize(2 + 5);
        long bars = bars(table.getFirst());
        assertThat(table).allSatisfy(line -> assertThat(bars(line)).isEqualTo(bars));
        assertThat(table.get(3)).startsWith("| a\\|b,\"c\" \\*d\\* | f32 |");
        assertThat(text).startsWith("A \\| B \"C\" \\<X\\> · 8 processors");
    }

    private static long bars(String line) {
        return line.replace("\\|", "").chars().filter(c -> c == '|').count();
    }

    @Test
    void latexIsATabularOfEscapedText() {
        String text = Format.LATEX.exporter().export(REPORT);
        List<String> lines = text.lines().filter(line -> line.contains(" & ")).toList();
        assertThat(lines).hasSize(1 + 5).allSatisfy(line -> assertThat(line).endsWith(" \\\\"));
        assertThat(text).contains("\\begin{tabular}{lllr", "\\toprule", "\\end{tabular}");
        assertThat(lines.get(1)).contains("50\\%").contains("2.00 (2.00--2.00)");
    }

    @Test
    void csvHasAFieldForEachNameAndNoSpeedInAFailedRow() {
        List<String> lines = Format.CSV.exporter().export(REPORT).lines().toList();
        List<String> names = List.of(lines.getFirst().split(",", -1));
        assertThat(lines).hasSize(1 + 5);
        String right = lines.get(1).replace("\"Vector API, 512\"", "Vector API");
        assertThat(right.split(",", -1)).hasSize(names.size());
        assertThat(right.split(",", -1)[names.indexOf("median_ns")]).isEqualTo("2000.0");
        assertThat(right.split(",", -1)[names.indexOf("gflops")]).isEqualTo("2560.0");
        assertThat(lines.get(2))
                .startsWith("\"a|b,\"\"c\"\" *d*\",4,1,1,1000,64,64,none,forward,f32,cpu,0,");
        String[] wrong = lines.get(3).split(",", -1);
        for (int i = names.indexOf("plan_ns"); i <= names.indexOf("gb_per_s"); i++) {
            assertThat(wrong[i]).as(names.get(i)).isEmpty();
        }
        assertThat(wrong[names.indexOf("ok")]).isEqualTo("false");
    }

    @Test
    void rowsThatNeedAWordHaveOne() {
        Row few = SampleRows.with(SampleRows.right(), SampleRows.turns(3, 1000));
        List<List<Long>> far = new java.util.ArrayList<>(SampleRows.right().turnsNanos());
        far.add(List.of(90_000L));
        Row rough = SampleRows.with(SampleRows.right(), far);
        assertThat(
                        Format.TABLE
                                .exporter()
                                .export(SampleRows.report(few, rough, SampleRows.wrong())))
                .contains(
                        "few repetitions in the time",
                        "mends that): plain, f32, cpu:0, 2 threads (3)")
                .contains(
                        "repetitions far off", "mend that): plain, f32, cpu:0, 2 threads (1 of 8)")
                .contains(
                        "FAILED: relative error 1.0e-03",
                        "checked: broken, f32, test:0, 2 threads");
    }

    @Test
    void whatWasSkippedSaysWhy() {
        Row row = SampleRows.right();
        Report report = SampleRows.report(row);
        var skipped =
                new Skipped(row.workload(), Setting.ofPeer("nd4j", 1), "causal: no such", false);
        var whole =
                new Report(
                        report.run(),
                        report.environment(),
                        report.energy(),
                        List.of(),
                        report.rows(),
                        List.of(skipped));
        assertThat(Format.TABLE.exporter().export(whole))
                .contains("not measured, causal: no such: plain, f32, nd4j, 1 thread");
        assertThat(whole.ok()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aReportWithoutRowsIsWholeAndEndsWithALineBreak(Format format) {
        assertThat(format.exporter().export(SampleRows.report())).endsWith("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "a.json, JSON",
        "b/c.MD, MD",
        "d.csv, CSV",
        "e.txt, TABLE",
        "json, TABLE",
        "f.tex, LATEX"
    })
    void theEndingOfAFileTellsItsFormat(String file, Format format) {
        assertThat(Format.ofFile(file)).isEqualTo(format);
    }
}
