package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.bench.report.SampleReports;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ReportCommandTest {
    @TempDir private Path folder;
    private Path results;
    private Path page;

    @BeforeEach
    void writeResults() throws IOException {
        results = folder.resolve("results.json");
        Files.writeString(results, SampleReports.rich().toString());
        page = folder.resolve("report.html");
    }

    @Test
    void thePageHasItsTitleAndTheResults() {
        Run run = Run.of("report", results, "--output", page, "--title", "Two & more");
        assertThat(run.succeeds().out()).isEqualToNormalizingNewlines(page + "\n");
        assertThat(page)
                .content()
                .startsWith("<!DOCTYPE html>")
                .contains("<h1>Two &amp; more</h1>", "sd15-self-32x32");
    }

    @Test
    void chartsAreWrittenWhereAsked() {
        Path charts = folder.resolve("charts");
        Run run = Run.of("report", results, "--output", page, "--charts", charts);
        assertThat(run.succeeds().out())
                .contains(page.toString(), charts.resolve("gflops.svg").toString());
        assertThat(charts.resolve("gflops.png")).isNotEmptyFile();
    }

    @Test
    void aFileOfSomethingElseIsRefusedInALine() throws IOException {
        Files.writeString(results, "{\"format\": \"something else\"}");
        Run run = Run.of("report", results, "--output", page);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("subquad: " + results + ": ");
        assertThat(page).doesNotExist();
    }

    @Test
    void resultsAreNotOverwritten() throws IOException {
        String before = Files.readString(results);
        Run run = Run.of("report", results, "--output", results);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("subquad: --output: expected another file");
        assertThat(results).content().isEqualTo(before);
    }

    @Test
    void filesAndOutputAreAskedFor() {
        assertThat(Run.of("report", "--output", page).status()).isEqualTo(2);
        assertThat(Run.of("report", results).status()).isEqualTo(2);
    }
}
