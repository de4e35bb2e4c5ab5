package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

class TerminalProgressTest {
    private static final long SECOND = 1_000_000_000;

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private long now;

    private TerminalProgress progress(boolean terminal) {
        return new TerminalProgress(
                "attend", terminal, new PrintStream(screen, true, US_ASCII), () -> now);
    }

    private String shown() {
        return screen.toString(US_ASCII);
    }

    @Test
    void longWorkShowsABarThatGoesAwayAtTheEnd() {
        try (var progress = progress(true)) {
            now = SECOND;
            progress.progressed(300, 1000);
            progress.progressed(600, 1000);
            progress.progressed(1000, 1000);
        }
        assertThat(shown()).contains("attend").contains("/1000 rows");
        assertThat(shown()).endsWith("\r" + " ".repeat(79) + "\r").doesNotContain("\n");
    }

    @Test
    void workThatFailsClearsItsBar() {
        try (var progress = progress(true)) {
            now = SECOND;
            progress.progressed(300, 1000);
        }
        assertThat(shown()).contains("attend").endsWith("\r" + " ".repeat(79) + "\r");
    }

    @Test
    void shortWorkShowsNone() {
        try (var progress = progress(true)) {
            now = SECOND / 4;
            progress.progressed(500, 1000);
            now = 10 * SECOND;
            progress.progressed(1000, 1000);
        }
        assertThat(shown()).isEmpty();
    }

    @Test
    void withoutATerminalThereIsNone() {
        try (var progress = progress(false)) {
            now = 10 * SECOND;
            progress.progressed(500, 1000);
        }
        assertThat(shown()).isEmpty();
    }
}
