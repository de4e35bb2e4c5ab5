package io.github.subquad.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

import tools.jackson.databind.json.JsonMapper;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;

/** A headless Chromium with pages of ours, and all that they ask for and complain of. */
final class Browser implements AutoCloseable {
    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts one; skips the test where none is installed. */
    static Browser open() {
        Optional<Path> browser = onPath("chromium", "chromium-browser", "google-chrome");
        Optional<Path> service = onPath("chromedriver");
        Assumptions.assumeTrue(
                browser.isPresent() && service.isPresent(),
                "not tested: chromium and chromedriver are not on the PATH;"
                        + " Debian's packages are chromium and chromium-driver");
        var logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        var options = new ChromeOptions();
        options.setBinary(browser.orElseThrow().toFile());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage");
        options.addArguments("--window-size=1100,900");
        options.setCapability("goog:loggingPrefs", logs);
        // With a driver at hand, Selenium does not look for one in the network.
        var started =
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(service.orElseThrow().toFile())
                        .build();
        return new Browser(new ChromeDriver(started, options));
    }

    private static Optional<Path> onPath(String... names) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(names)
                .flatMap(
                        name ->
                                Stream.of(path.split(File.pathSeparator))
                                        .map(p -> Path.of(p, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    ChromeDriver driver() {
        return driver;
    }

    /** What a script returns. */
    @Nullable Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Of a script that returns a string. */
    String string(String script, Object... arguments) {
        return run(script, arguments) instanceof String text ? text : "no text";
    }

    /** Of a script that returns an array of strings. */
    List<String> strings(String script, Object... arguments) {
        return run(script, arguments) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of("no array");
    }

    /** Neither a message on the console nor a request but for the page itself, since last asked. */
    void isQuiet(Path page) {
        assertThat(driver.manage().logs().get(LogType.BROWSER).getAll())
                .extracting(LogEntry::getMessage)
                .isEmpty();
        assertThat(driver.manage().logs().get(LogType.PERFORMANCE).getAll())
                .extracting(entry -> JsonMapper.shared().readTree(entry.getMessage()))
                .filteredOn(
                        event ->
                                event.at("/message/method")
                                        .asString()
                                        .equals("Network.requestWillBeSent"))
                .extracting(event -> event.at("/message/params/request/url").asString())
                .containsOnly(page.toUri().toString());
    }

    @Override
    public void close() {
        driver.quit();
    }
}
