package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.subquad.Attention;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The training example, started as its guide says; a whole process. */
class TrainingExampleTest {
    private static final Pattern FELL = Pattern.compile("loss fell from .*, by (\\d+) times");

    @TempDir private Path directory;

    @Test
    void theLossFallsAHundredfold() throws Exception {
        String command =
                Documented.commands(Path.of("docs", "gradients.md"), "TrainOneHead.java").strip();
        assertThat(command).startsWith("java ").contains("'target/*'");
        List<String> words = new ArrayList<>(List.of(command.split(" +")));
        words.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.set(words.indexOf("'target/*'"), classes().toString()); // there is no jar yet
        Path err = directory.resolve("stderr");
        Process process = new ProcessBuilder(words).redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(Files.readString(err, UTF_8)).isZero();
        Matcher fell = FELL.matcher(out);
        assertThat(fell.find()).as(out).isTrue();
        assertThat(Long.parseLong(fell.group(1))).isGreaterThanOrEqualTo(100);
    }

    private static Path classes() throws Exception {
        return Path.of(Attention.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
