package io.github.subquad.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Goes on with a benchmark in Java machines of their own, one after another: each is a process like
 * this one, started with the same options, that resumes the file for one repetition.
 */
final class Sittings {
    /** It names a descriptor that children do not inherit. */
    private static final String STANDARD_ERROR = "-Dsubquad.stderr=";

    private Sittings() {}

    /**
     * Takes the repetitions after the first.
     *
     * @param file with what was measured so far
     * @param repetitions of the whole benchmark
     * @throws IOException if a process cannot be started, or breaks off
     * @throws CancellationException if the thread is interrupted
     */
    static void takeRest(Path file, int repetitions) throws IOException {
        for (int repetition = 2; repetition <= repetitions; repetition++) {
            Process process =
                    new ProcessBuilder(command(file))
                            .redirectOutput(Redirect.DISCARD)
                            .redirectError(Redirect.INHERIT)
                            .start();
            try {
                int status = process.waitFor();
                if (status != 0 && status != 1) { // 1: a row has failed, as the report will say
                    throw new IOException(
                            "repetition %d ended with exit status %d"
                                    .formatted(repetition, status));
                }
            } catch (InterruptedException e) {
                process.destroy();
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted in repetition " + repetition);
            }
        }
    }

    private static List<String> command(Path file) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith(STANDARD_ERROR))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("bench", "--resume", file.toString(), "--stop-after", "1"));
        return command;
    }
}
