package io.github.subquad.bench.report;

/** Text from anywhere, so that a browser takes it for text. */
final class Escape {
    private Escape() {}

    /** For an element's content; also right within a quoted attribute. */
    static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /**
     * For JSON within a script element, which ends at the first {@code </script} and may go astray
     * at {@code <!--}. These characters are only ever within JSON's strings, where they may be
     * written by number.
     */
    static String json(String json) {
        return json.replace("&", "\\u0026")
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }
}
