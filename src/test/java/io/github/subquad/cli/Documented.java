package io.github.subquad.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Commands as the documentation has them. */
final class Documented {
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    private Documented() {}

    /** The commands between the fences that hold the words given. */
    static String commands(Path document, String words) throws IOException {
        return BLOCK.matcher(Files.readString(document, UTF_8))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains(words))
                .findFirst()
                .orElseThrow(() -> new AssertionError(document + " has no block with " + words));
    }
}
