package io.github.subquad.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.WebDriverWait;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The page in a real browser. */
class ReportBrowserTest {
    private static final String SHOWN_SECTIONS =
            "return [...document.querySelectorAll('main section:not([hidden]) > h2')]"
                    + ".map(h => h.textContent)";

    private static final String CHARTS =
            "return [...document.querySelectorAll('.chart')].map(c => c.querySelector('svg')"
                    + " && c.getAttribute('role') === 'img' && c.getAttribute('aria-label')"
                    + " && document.getElementById(c.getAttribute('aria-describedby')).textContent"
                    + " && c.getAttribute('aria-label'))";

    private static Browser browser;

    /** In pixels of a style sheet, within the margins. */
    private static final int A4_LANDSCAPE = 1030;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir private Path folder;

    @BeforeAll
    static void open() {
        browser = Browser.open();
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private Path show(JsonNode... reports) throws IOException {
        ObjectNode data = ReportData.of(SampleReports.read(folder, reports));
        Path page = folder.resolve("report.html");
        Files.writeString(page, HtmlReport.page("A report", data));
        browser.driver().manage().window().setSize(new Dimension(1100, 900));
        browser.driver().get("about:blank");
        browser.driver().manage().logs().get("browser");
        browser.driver().manage().logs().get("performance");
        browser.driver().get(page.toUri().toString());
        return page;
    }

    @Test
    void everyChartIsThereAndNothingIsAskedOfAnyHost() throws IOException {
        Path page = show(SampleReports.rich());
        assertThat(browser.strings(SHOWN_SECTIONS))
                .containsExactly(
                        "Results",
                        "Speed by device",
                        "Against other libraries",
                        "How time grows",
                        "How memory grows",
                        "Roofline",
                        "Chunk sizes",
                        "Every call");
        assertThat(browser.strings(CHARTS))
                .isNotEmpty()
                .doesNotContain("null", "false", "")
                .contains("Roofline");
        browser.isQuiet(page);
    }

    @Test
    void whatHasNoDataIsLeftOut() throws IOException {
        Path page = show(SampleReports.named("alone"));
        assertThat(browser.strings(SHOWN_SECTIONS))
                .containsExactly("Results", "Speed by device", "Every call");
        browser.isQuiet(page);
    }

    @Test
    void severalHundredRowsAreDrawnAsFarAsTheyCanBeRead() throws IOException {
        Path page = show(SampleReports.many(60), SampleReports.many(60));
        assertThat(text("count")).isEqualTo("Showing 360 of 360 results.");
        assertThat(text("speed-text")).contains("The first 80 of 360 are drawn");
        browser.isQuiet(page);
    }

    @Test
    void aWrongResultIsMarkedInWordsAndHasNoSpeed() throws IOException {
        show(SampleReports.rich());
        assertThat(text("summary")).contains("✗ 1 wrong", "2 not measured");
        assertThat(
                        browser.strings(
                                "return [...document.querySelectorAll('tr.failed')]"
                                        + ".map(r => r.textContent)"))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("✗ WRONG")
                .doesNotContain(" ms", " µs");
    }

    @Test
    void filtersChangeRowsChartsAndTheAddress() throws IOException {
        Path page = show(SampleReports.rich());
        browser.driver().findElement(By.cssSelector("input[value=pytorch]")).click();
        assertThat(text("count")).startsWith("Showing 43 of 56 results");
        assertThat(rows()).hasSize(43);
        assertThat(browser.strings(SHOWN_SECTIONS)).contains("How time grows");
        browser.driver().findElement(By.cssSelector("button[aria-label='Workload: none']")).click();
        assertThat(browser.strings(SHOWN_SECTIONS)).containsExactly("Results");
        browser.driver().findElement(By.cssSelector("input[value=chunks-4k]")).click();
        assertThat(browser.strings(SHOWN_SECTIONS))
                .containsExactly("Results", "Chunk sizes", "Every call");
        String address = browser.driver().getCurrentUrl();
        assertThat(address).contains("#name=chunks-4k&device=cpu%3A0&device=tornado%3A0");
        browser.driver().get("about:blank");
        browser.driver().get(address);
        assertThat(rows()).hasSize(16);
        browser.driver().manage().logs().get("performance");
        assertThat(page).exists();
    }

    @Test
    void aHeadingSortsAndSaysSo() throws IOException {
        show(SampleReports.rich());
        String button = "//th/button[text()='GFLOP/s']";
        browser.driver().findElement(By.xpath(button)).click();
        browser.driver().findElement(By.xpath(button)).sendKeys(Keys.ENTER);
        assertThat(
                        browser.driver()
                                .findElement(By.xpath(button + "/.."))
                                .getDomAttribute("aria-sort"))
                .isEqualTo("descending");
        assertThat(rows().getFirst()).contains("tornado:0");
        assertThat(rows().getLast()).contains("broken");
    }

    @Test
    void theKeyboardReachesTheFilters() throws IOException {
        show(SampleReports.rich());
        for (int i = 0; i < 6; i++) {
            focused().sendKeys(Keys.TAB);
        }
        assertThat(focused().getDomAttribute("type")).isEqualTo("checkbox");
        String outline = focused().getCssValue("outline-style");
        assertThat(outline).isNotEqualTo("none");
        focused().sendKeys(Keys.SPACE);
        assertThat(text("count")).doesNotContain("56 of 56");
    }

    @Test
    void darkColoursApplyToPageAndCharts() throws IOException {
        show(SampleReports.rich());
        media("", "light");
        String light = colours();
        media("", "dark");
        new WebDriverWait(browser.driver(), PATIENCE).until(d -> !colours().equals(light));
        assertThat(colours()).isEqualTo("rgb(20, 23, 27) rgb(162, 171, 182)");
        browser.driver().findElement(By.id("theme")).click();
        assertThat(colours()).isEqualTo(light);
        media("print", "dark");
        assertThat(colours()).startsWith("rgb(255, 255, 255)");
        media("", "light");
    }

    @Test
    void onPaperNothingIsCutAndNoFilterIsSeen() throws IOException {
        show(SampleReports.rich());
        media("print", "light");
        browser.driver().manage().window().setSize(new Dimension(A4_LANDSCAPE, 700));
        assertThat(browser.driver().findElement(By.id("filters")).isDisplayed()).isFalse();
        assertThat(fits()).isTrue();
        media("", "light");
    }

    @Test
    void aPhoneShowsAllOfIt() throws IOException {
        show(SampleReports.rich());
        browser.driver()
                .executeCdpCommand(
                        "Emulation.setDeviceMetricsOverride",
                        Map.of(
                                "width",
                                360,
                                "height",
                                800,
                                "deviceScaleFactor",
                                1,
                                "mobile",
                                true));
        browser.driver().navigate().refresh();
        assertThat(fits()).isTrue();
        browser.driver().executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "</script><script>document.title='hacked'</script>",
                "<img src=x onerror=\"document.title='hacked'\">",
                "__proto__",
                "constructor",
                "\u202Eright to left\u2066 שלום",
                "'\"`${document.title='hacked'}",
                "{a|b} {name} \u0000",
            })
    void namesOutOfAFileAreShownAsTextAndRunNothing(String name) throws IOException {
        Path page = show(SampleReports.named(name), SampleReports.named(name + "x".repeat(100)));
        assertThat(rows()).hasSize(2).first().asString().contains(name);
        assertThat(browser.strings(CHARTS)).hasSize(2);
        assertThat(browser.driver().getTitle()).isEqualTo("A report");
        assertThat(browser.driver().findElements(By.cssSelector("img"))).isEmpty();
        assertThat(fits()).isTrue();
        browser.isQuiet(page); // no dialog either: the driver would have thrown
    }

    private static String text(String id) {
        return browser.string("return document.getElementById(arguments[0]).textContent", id);
    }

    private static List<String> rows() {
        return browser.strings(
                "return [...document.querySelectorAll('main section:first-child table')].slice(0,"
                        + " 1).flatMap(t => [...t.tBodies[0].rows]).map(r => r.textContent)");
    }

    private static WebElement focused() {
        return browser.driver().switchTo().activeElement();
    }

    private static void media(String type, String scheme) {
        browser.driver()
                .executeCdpCommand(
                        "Emulation.setEmulatedMedia",
                        Map.of(
                                "media",
                                type,
                                "features",
                                List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Of the page, and of the first text in a chart. */
    private static String colours() {
        return browser.string(
                "return getComputedStyle(document.body).backgroundColor + ' '"
                        + " + getComputedStyle(document.querySelector('.chart text')).fill");
    }

    /** Whether nothing is wider than the window. */
    private static boolean fits() {
        return Boolean.TRUE.equals(
                browser.run("return document.documentElement.scrollWidth <= window.innerWidth"));
    }
}
