package io.github.subquad.bench;

import java.util.Locale;

/** Constants as the command line and the files call them. */
final class Word {
    private Word() {}

    /** In lower case with hyphens, such as {@code bottom-right}. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
