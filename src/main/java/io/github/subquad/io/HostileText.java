package io.github.subquad.io;

/** Text out of a file, made fit for an error message: one line, short, nothing unprintable. */
final class HostileText {
    private static final int LONGEST = 60;

    private HostileText() {}

    static String quote(String text) {
        return "'" + printable(text, LONGEST) + "'";
    }

    static String printable(String text, int longest) {
        var line = new StringBuilder();
        int end = Math.min(text.length(), longest);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c <= '~') {
                line.append(c);
            } else {
                line.append("\\u%04x".formatted((int) c));
            }
        }
        return end < text.length() ? line + "…" : line.toString();
    }
}
