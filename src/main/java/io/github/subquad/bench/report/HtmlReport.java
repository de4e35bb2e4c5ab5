package io.github.subquad.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.subquad.bench.ResultFile;
import io.github.subquad.io.AtomicFile;
import io.github.subquad.io.TensorFileException;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page of results: one file with style, scripts, chart library and data in it. It opens from a
 * disk, asks no host for anything, and takes whatever result files say for text.
 */
public final class HtmlReport {
    /** In this order: each uses those before it. */
    private static final List<String> SCRIPTS =
            List.of(
                    "echarts/echarts.min.js",
                    "script/units.js",
                    "script/rows.js",
                    "script/dom.js",
                    "script/header.js",
                    "script/filters.js",
                    "script/results.js",
                    "script/plot.js",
                    "script/bars.js",
                    "script/scaling.js",
                    "script/roofline.js",
                    "script/chunks.js",
                    "script/samples.js",
                    "script/main.js");

    private static final Pattern PLACE = Pattern.compile("%(\\w+)%");

    private HtmlReport() {}

    /**
     * Writes a page.
     *
     * @param target where it goes; replaced if it is there
     * @param title its heading
     * @param files what it shows, at least one
     * @throws TensorFileException if it cannot be written; nothing is left behind then
     */
    public static void write(Path target, String title, List<ResultFile> files)
            throws TensorFileException {
        AtomicFile.write(target, page(title, ReportData.of(files)));
    }

    /** The page over any data of the form that {@link ReportData} has. */
    static String page(String title, JsonNode data) {
        String style = resource("page.css");
        List<String> scripts = SCRIPTS.stream().map(HtmlReport::resource).toList();
        Map<String, String> values =
                Map.of(
                        "title", Escape.html(title),
                        "policy", ContentPolicy.of(style, scripts),
                        "style", style,
                        "data", Escape.json(data.toString()),
                        "scripts",
                                scripts.stream()
                                        .map(script -> "<script>" + script + "</script>")
                                        .collect(Collectors.joining("\n")));
        // In one pass, so that a value that looks like a place stays as it is.
        return PLACE.matcher(resource("page.html"))
                .replaceAll(place -> Matcher.quoteReplacement(values.get(place.group(1))));
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
