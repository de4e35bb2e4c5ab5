package io.github.subquad.bench;

/** All that is known, raw samples too; {@code bench/schema} has the schema. */
public final class JsonExporter implements Exporter {
    /** Nothing to set. */
    public JsonExporter() {}

    @Override
    public String export(Report report) {
        return Json.write(report);
    }
}
