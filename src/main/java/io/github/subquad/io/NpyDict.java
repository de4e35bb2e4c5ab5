package io.github.subquad.io;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The Python dictionary in the header of an npy file, as far as the format needs Python: strings
 * without escapes, {@code True} and {@code False}, tuples of whole numbers.
 */
final class NpyDict {
    /** Told from all characters of a header, which are a byte wide. */
    private static final char END = '\uffff';

    private final MappedFile file;
    private final String text;
    private final long start;
    private int at;

    private @Nullable String descr;
    private @Nullable Boolean fortranOrder;
    private @Nullable List<Long> shape;

    private NpyDict(MappedFile file, String text, long start) {
        this.file = file;
        this.text = text;
        this.start = start;
    }

    /** What the dictionary says; the format wants these three and no more. */
    record Entries(String descr, boolean fortranOrder, List<Long> shape) {}

    /**
     * Parses a header.
     *
     * @param text the header, one character a byte
     * @param start where in the file it begins
     */
    static Entries parse(MappedFile file, String text, long start) throws TensorFileException {
        return new NpyDict(file, text, start).dictionary();
    }

    private Entries dictionary() throws TensorFileException {
        expect('{');
        while (peek() != '}') {
            entry();
            if (peek() != '}') {
                expect(',');
            }
        }
        expect('}');
        if (descr == null || fortranOrder == null || shape == null) {
            throw error("expected 'descr', 'fortran_order' and 'shape' in the header");
        }
        if (peek() != END) {
            throw error("expected nothing but spaces after the header, got " + next());
        }
        return new Entries(descr, fortranOrder, shape);
    }

    private void entry() throws TensorFileException {
        String key = string();
        expect(':');
        switch (key) {
            case "descr" -> {
                once(descr, key);
                descr = descr();
            }
            case "fortran_order" -> {
                once(fortranOrder, key);
                fortranOrder = truth();
            }
            case "shape" -> {
                once(shape, key);
                shape = tuple();
            }
            default -> throw error("unknown key " + HostileText.quote(key));
        }
    }

    private void once(@Nullable Object before, String key) throws TensorFileException {
        if (before != null) {
            throw error("'%s' is there twice".formatted(key));
        }
    }

    private String descr() throws TensorFileException {
        if (peek() == '[') {
            throw error("the array is structured: save one of its fields, array['name']");
        }
        return string();
    }

    private String string() throws TensorFileException {
        char quote = peek();
        if (quote != '\'' && quote != '"') {
            throw error("expected a string, got " + next());
        }
        int end = text.indexOf(quote, at + 1);
        if (end < 0) {
            throw error("a string does not end");
        }
        String string = text.substring(at + 1, end);
        if (string.indexOf('\\') >= 0) {
            throw error("expected a string without escapes, got " + HostileText.quote(string));
        }
        at = end + 1;
        return string;
    }

    private boolean truth() throws TensorFileException {
        peek();
        for (String word : List.of("True", "False")) {
            if (text.startsWith(word, at)) {
                at += word.length();
                return word.equals("True");
            }
        }
        throw error("fortran_order: expected True or False, got " + next());
    }

    private List<Long> tuple() throws TensorFileException {
        if (peek() != '(') {
            throw error("shape: expected a tuple such as (2, 3), got " + next());
        }
        expect('(');
        var sizes = new ArrayList<Long>();
        boolean comma = false;
        while (peek() != ')') {
            sizes.add(size());
            comma = peek() == ',';
            if (comma) {
                expect(',');
            } else if (peek() != ')') {
                throw error("shape: expected ',' or ')', got " + next());
            }
        }
        if (sizes.size() == 1 && !comma) {
            throw error("shape: expected a tuple such as (3,), got a number in parentheses");
        }
        if (sizes.size() > FormatLimits.MAX_RANK) {
            throw error("shape: more than %d sizes".formatted(FormatLimits.MAX_RANK));
        }
        expect(')');
        return List.copyOf(sizes);
    }

    private long size() throws TensorFileException {
        int end = at;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        if (end == at) {
            throw error("shape: expected a number ≥ 0, got " + next());
        }
        String digits = text.substring(at, end);
        try {
            long size = Long.parseLong(digits);
            at = end;
            return size;
        } catch (NumberFormatException _) {
            throw error("shape: %s exceeds 63 bits".formatted(HostileText.printable(digits, 40)));
        }
    }

    /** The next character that is no space, not taken. */
    private char peek() {
        while (at < text.length() && " \t\n\r\f".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : END;
    }

    private void expect(char c) throws TensorFileException {
        if (peek() != c) {
            throw error("expected '%c' in the header, got %s".formatted(c, next()));
        }
        at++;
    }

    private String next() {
        return at < text.length()
                ? HostileText.quote(text.substring(at, Math.min(text.length(), at + 20)))
                : "its end";
    }

    private TensorFileException error(String reason) {
        return file.error(start + at, reason);
    }
}
