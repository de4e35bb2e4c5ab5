package io.github.subquad.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Ways to damage the header of a tensor file, chosen at random. */
final class Mutation {
    /** Words, numbers, strings and single signs, as JSON and Python have them. */
    private static final Pattern TOKEN =
            Pattern.compile("\"[^\"]*\"|'[^']*'|-?[0-9]+|[A-Za-z]+|[^\\s]");

    private static final List<String> WILD =
            List.of(
                    "-1",
                    "0",
                    "1",
                    "2",
                    "4294967296",
                    "9223372036854775807",
                    "9223372036854775808",
                    "18446744073709551615",
                    "1e3",
                    "0.5",
                    "9".repeat(50),
                    "null",
                    "True",
                    "false",
                    "{",
                    "}",
                    "[",
                    "]",
                    "(",
                    ")",
                    ",",
                    ":",
                    "\"",
                    "'",
                    "\"\"",
                    "\"F64\"",
                    "\"shape\"",
                    "'|O'",
                    "'<f2'",
                    "[[[[[[[[",
                    "{\"x\":".repeat(100),
                    "__metadata__",
                    "\\u0000",
                    "\0",
                    "\u00ff\u00fe");

    private final SplittableRandom random;

    Mutation(SplittableRandom random) {
        this.random = random;
    }

    /** A damaged copy. */
    byte[] damage(byte[] file) {
        return switch (random.nextInt(6)) {
            case 0 -> flipBits(file);
            case 1 -> Arrays.copyOf(file, random.nextInt(file.length));
            case 2 -> changeLength(file);
            case 3 -> Arrays.copyOf(file, file.length + 1 + random.nextInt(64));
            default -> changeTokens(file);
        };
    }

    private byte[] flipBits(byte[] file) {
        byte[] damaged = file.clone();
        int header = headerEnd(file);
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            damaged[random.nextInt(header)] ^= (byte) (1 << random.nextInt(8));
        }
        return damaged;
    }

    private byte[] changeLength(byte[] file) {
        byte[] damaged = file.clone();
        long length = (long) headerEnd(file) - headerStart(file);
        long changed =
                switch (random.nextInt(4)) {
                    case 0 -> length + random.nextInt(-8, 9);
                    case 1 -> random.nextLong();
                    case 2 -> random.nextInt(file.length + 8);
                    default -> 1L << random.nextInt(64);
                };
        putLength(damaged, changed);
        return damaged;
    }

    /** Exchanges, repeats, removes or replaces tokens; the header's length mostly stays true. */
    private byte[] changeTokens(byte[] file) {
        int start = headerStart(file);
        int end = headerEnd(file);
        String header = new String(file, start, end - start, ISO_8859_1);
        List<String> tokens =
                new ArrayList<>(TOKEN.matcher(header).results().map(MatchResult::group).toList());
        for (int n = 1 + random.nextInt(3); n > 0 && !tokens.isEmpty(); n--) {
            int at = random.nextInt(tokens.size());
            switch (random.nextInt(5)) {
                case 0 -> Collections.swap(tokens, at, random.nextInt(tokens.size()));
                case 1 -> tokens.add(at, tokens.get(random.nextInt(tokens.size())));
                case 2 -> tokens.remove(at);
                default -> tokens.set(at, WILD.get(random.nextInt(WILD.size())));
            }
        }
        byte[] text = String.join("", tokens).getBytes(ISO_8859_1);
        byte[] damaged = new byte[start + text.length + file.length - end];
        System.arraycopy(file, 0, damaged, 0, start);
        System.arraycopy(text, 0, damaged, start, text.length);
        System.arraycopy(file, end, damaged, start + text.length, file.length - end);
        if (random.nextInt(10) > 0) {
            putLength(damaged, text.length);
        }
        return damaged;
    }

    private static boolean isNpy(byte[] file) {
        return file[0] == (byte) 0x93;
    }

    private static int headerStart(byte[] file) {
        return isNpy(file) ? (file[6] == 1 ? 10 : 12) : 8;
    }

    private static int headerEnd(byte[] file) {
        var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int length = isNpy(file) ? bytes.getShort(8) : (int) bytes.getLong(0);
        return headerStart(file) + length;
    }

    private static void putLength(byte[] file, long length) {
        var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (!isNpy(file)) {
            bytes.putLong(0, length);
        } else if (file[6] == 1) {
            bytes.putShort(8, (short) length);
        } else {
            bytes.putInt(8, (int) length);
        }
    }
}
