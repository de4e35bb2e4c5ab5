package io.github.subquad.bench.table;

/**
 * Text that a terminal prints and does not obey: escape sequences, and characters that turn the
 * direction of writing, are spelt out.
 */
public final class Printable {
    private Printable() {}

    /**
     * On one line.
     *
     * @param text from anywhere
     * @return the same, line breaks and tabs as blanks, other control characters spelt out
     */
    public static String line(String text) {
        return spelt(text.replaceAll("\\R|\t", " "), false);
    }

    /**
     * On as many lines as it has.
     *
     * @param text from anywhere
     * @return the same with its line breaks and tabs, other control characters spelt out
     */
    public static String lines(String text) {
        return spelt(text, true);
    }

    private static String spelt(String text, boolean breaks) {
        var printable = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c -> {
                            if (breaks && isBreak(c) || !isCommand(c)) {
                                printable.appendCodePoint(c);
                            } else {
                                printable.append("\\u%04x".formatted(c));
                            }
                        });
        return printable.toString();
    }

    private static boolean isBreak(int c) {
        return c == '\n' || c == '\r' || c == '\t';
    }

    private static boolean isCommand(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> false;
        };
    }
}
