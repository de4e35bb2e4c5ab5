package io.github.subquad.tornado;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Java machine started as this one was, for what TornadoVM and its drivers read once: properties
 * and environment.
 *
 * @param status exit status
 * @param out standard output
 * @param err standard error, without the line on incubator modules
 */
record DeviceProcess(int status, String out, String err) {
    private static final String INCUBATOR = "WARNING: Using incubator modules";

    /** Runs a main class to its end. */
    static DeviceProcess run(
            Map<String, String> environment,
            List<String> javaOptions,
            String mainClass,
            String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile("subquad", ".err");
        try {
            var builder = new ProcessBuilder(command).redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            String out = new String(process.getInputStream().readAllBytes(), UTF_8);
            int status = process.waitFor();
            return new DeviceProcess(status, out, withoutWarning(Files.readString(err)));
        } finally {
            Files.delete(err);
        }
    }

    /** Runs the command line. */
    static DeviceProcess subquad(
            Map<String, String> environment, List<String> javaOptions, String... arguments)
            throws IOException, InterruptedException {
        return run(environment, javaOptions, "io.github.subquad.cli.Main", arguments);
    }

    private static String withoutWarning(String text) {
        return text.lines()
                .filter(line -> !line.startsWith(INCUBATOR))
                .reduce("", (a, b) -> a + b + "\n");
    }
}
