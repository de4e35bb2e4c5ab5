package io.github.subquad.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.subquad.bench.ResultFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

class HtmlReportTest {
    private static final Pattern SCRIPT =
            Pattern.compile("<script(?: [^>]*)?>(.*?)</script>", Pattern.DOTALL);

    @TempDir private Path folder;

    private String page(String title, JsonNode... reports) throws IOException {
        Path page = folder.resolve("report.html");
        HtmlReport.write(page, title, SampleReports.read(folder, reports));
        return Files.readString(page);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "</script><script>alert(1)</script>",
                "<img src=x onerror=alert(1)>",
                "<!--<script>",
                "%data%",
                "a\u2028b"
            })
    void namesOutOfAFileStayWithinTheData(String name) throws IOException {
        String page = page("plain", SampleReports.named(name));
        String empty = page("plain", SampleReports.named("name"));
        for (String markup : List.of("<script", "</script", "<!--", "<img", "\u2028")) {
            assertThat(count(markup, page)).as(markup).isEqualTo(count(markup, empty));
        }
        assertThat(data(page).at("/files/0/report/rows/0/workload/name").asString())
                .isEqualTo(name);
    }

    @Test
    void aTitleIsText() throws IOException {
        assertThat(page("<b>%data%", SampleReports.named("name")))
                .contains("<title>&lt;b&gt;%data%</title>", "<h1>&lt;b&gt;%data%</h1>");
    }

    @Test
    void thePolicyAllowsTheScriptsThatAreThereAndNothingElse() throws Exception {
        String page = page("plain", SampleReports.named("name"));
        String policy =
                page.replaceAll("(?s).*Content-Security-Policy\" content=\"([^\"]*)\".*", "$1");
        assertThat(policy)
                .startsWith("default-src 'none';")
                .doesNotContain("unsafe", "http", "*", "data:");
        for (MatchResult script : SCRIPT.matcher(page).results().skip(1).toList()) {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(script.group(1).getBytes(UTF_8));
            assertThat(policy).contains("'sha256-" + Base64.getEncoder().encodeToString(digest));
        }
    }

    @Test
    void whatTheSchemaDoesNotKnowDoesNotPass() throws IOException {
        var report = (ObjectNode) SampleReports.named("name");
        report.put("unknown", "something else");
        assertThat(page("plain", report)).doesNotContain("something else");
    }

    @Test
    void ratiosAreThoseOfTheSameCallOnAPeer() throws IOException {
        JsonNode ratios = data(page("plain", SampleReports.many(2))).at("/files/0/ratios");
        assertThat(ratios)
                .extracting(
                        ratio -> ratio.get("row").asInt(), ratio -> ratio.get("peer").asString())
                .hasToString(
                        "[(0, \"pytorch\"), (1, \"pytorch\"), (3, \"pytorch\"), (4, \"pytorch\")]");
        assertThat(ratios.at("/0/statistics/median").asDouble()).isBetween(1.3, 1.6);
        assertThat(ratios.at("/1/statistics/median").asDouble()).isBetween(1.8, 2.4);
    }

    @Test
    void filesOfTheSameNameAreToldApart() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Path first =
                Files.writeString(folder.resolve("a.json"), SampleReports.named("x").toString());
        Path second =
                Files.writeString(other.resolve("a.json"), SampleReports.named("x").toString());
        assertThat(ResultFile.readAll(List.of(first, second)))
                .extracting(ResultFile::name)
                .containsExactly("a.json", "a.json (2)");
    }

    private static int count(String markup, String page) {
        return page.split(markup, -1).length - 1;
    }

    private static JsonNode data(String page) {
        MatchResult data = SCRIPT.matcher(page).results().findFirst().orElseThrow();
        return JsonMapper.shared().readTree(data.group(1));
    }
}
