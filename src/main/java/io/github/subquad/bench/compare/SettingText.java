package io.github.subquad.bench.compare;

import io.github.subquad.bench.Setting;
import io.github.subquad.bench.Word;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Settings in words: where, how many threads, and what else was chosen. */
final class SettingText {
    /** A part of a setting, which is not worth a word where it is as usual. */
    private record Part(String name, String usual, Function<Setting, String> value) {}

    private static final String OPEN = "auto";

    private static final List<Part> PARTS =
            List.of(
                    new Part("", "", Setting::address),
                    new Part("threads ", "", s -> String.valueOf(s.threads())),
                    new Part("kernel ", OPEN, s -> Word.of(s.kernel())),
                    new Part("kernel step ", OPEN, s -> number(s.kernelStep())),
                    new Part("merge on ", "device", s -> Word.of(s.merge())),
                    new Part("query chunk ", OPEN, s -> number(s.queryChunkSize())),
                    new Part("key chunk ", OPEN, s -> number(s.kvChunkSize())),
                    new Part("self-check ", "on", s -> s.selfCheck() ? "on" : "off"),
                    new Part("checkpoint ", "on", s -> s.useCheckpoint() ? "on" : "off"));

    private SettingText() {}

    /** One setting, such as {@code cpu:0, threads 2}. */
    static String of(Setting setting) {
        return of(setting, setting);
    }

    /** A setting and what became of it, such as {@code cpu:0, threads 2 → 1}. */
    static String of(Setting base, Setting other) {
        List<String> words = new ArrayList<>();
        for (Part part : PARTS) {
            String before = part.value().apply(base);
            String after = part.value().apply(other);
            if (!before.equals(after)) {
                words.add(part.name() + before + " → " + after);
            } else if (!before.equals(part.usual())) {
                words.add(part.name() + before);
            }
        }
        return String.join(", ", words);
    }

    private static String number(@Nullable Integer value) {
        return value == null ? OPEN : value.toString();
    }
}
