package io.github.subquad.bench.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another program that is asked something and may not be there. */
final class Tool {
    /** None of them has long to think; a driver that hangs shall not hold a benchmark up. */
    private static final long MOST_SECONDS = 5;

    private Tool() {}

    /**
     * Runs a program to its end.
     *
     * @param command program and arguments
     * @return its standard output; null if it is not there, fails, or does not end in time
     */
    static @Nullable String ask(List<String> command) {
        try {
            // By way of a file: a pipe that fills up would stop the program, or block us.
            Path answer = Files.createTempFile("subquad-tool", ".txt");
            try {
                return ended(command, answer) ? Files.readString(answer, UTF_8) : null;
            } finally {
                Files.delete(answer);
            }
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean ended(List<String> command, Path answer) throws IOException {
        var builder =
                new ProcessBuilder(command)
                        .redirectOutput(answer.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(Map.of("LC_ALL", "C", "GIT_OPTIONAL_LOCKS", "0"));
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            return process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroyForcibly();
        }
    }
}
