package io.github.subquad.bench;

import java.util.Locale;

/** Constants as the command line and the files call them. */
public final class Word {
    private Word() {}

    /**
     * In lower case with hyphens.
     *
     * @param constant of any enumeration
     * @return such as {@code bottom-right}
     */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
