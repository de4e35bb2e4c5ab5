package io.github.subquad;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How many bytes a call may take beyond its inputs and outputs.
 *
 * @param bytes at least 1
 */
public record MemoryBudget(long bytes) {
    private static final Pattern TEXT =
            Pattern.compile("(\\d{1,18})\\s*(|B|KiB|MiB|GiB|TiB)", Pattern.CASE_INSENSITIVE);
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    /** Checks the number. */
    public MemoryBudget {
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "memoryBudget: expected at least 1 byte, got " + bytes);
        }
    }

    /**
     * Reads a size such as {@code 64MiB}, {@code 2 GiB} or {@code 1000000}.
     *
     * @param text a whole number and a unit: B (or none), KiB, MiB, GiB, TiB, in any case
     * @return the budget
     * @throws IllegalArgumentException if the text is no such size
     */
    public static MemoryBudget parse(String text) {
        var match = TEXT.matcher(text.strip());
        if (!match.matches()) {
            throw new IllegalArgumentException(
                    "memoryBudget: expected a size such as 64MiB, got '%s'".formatted(text));
        }
        int power = "bkmgt".indexOf((match.group(2) + "b").toLowerCase(Locale.ROOT).charAt(0));
        try {
            long number = Long.parseLong(match.group(1));
            return new MemoryBudget(Math.multiplyExact(number, 1L << 10 * power));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "memoryBudget: '%s' exceeds 63 bits of bytes".formatted(text), e);
        }
    }

    /**
     * Writes a number of bytes for a person, such as {@code 1.50 MiB}.
     *
     * @param bytes at least 0
     * @return three digits and the largest unit that leaves at least 1
     */
    public static String format(long bytes) {
        int power = bytes < 1024 ? 0 : (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        double value = bytes / Math.pow(1024, power);
        int digits = power == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + digits + "f %s", value, UNITS[power]);
    }

    /** The size in words, such as {@code 64.0 MiB}. */
    @Override
    public String toString() {
        return format(bytes);
    }
}
