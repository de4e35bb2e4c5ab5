package io.github.subquad.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where figures were taken.
 *
 * @param processor its name, family and model
 * @param processors hardware threads that this process may use
 * @param lanes bits of a vector as the engine is told to use them
 * @param system name and release of the operating system
 * @param javaMachine name and version
 * @param javaFlags options that this process was started with
 * @param loadAverage other work on the machine when the run began; negative if not known
 */
record Environment(
        String processor,
        int processors,
        int lanes,
        String system,
        String javaMachine,
        List<String> javaFlags,
        double loadAverage) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    static Environment here() {
        return new Environment(
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                Lanes.species().vectorBitSize(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                List.copyOf(ManagementFactory.getRuntimeMXBean().getInputArguments()),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static String processorName() {
        if (!Files.isReadable(CPU_INFO)) {
            return System.getProperty("os.arch");
        }
        try (var lines = Files.lines(CPU_INFO)) {
            Map<String, String> fields =
                    lines.takeWhile(line -> !line.isBlank())
                            .map(line -> line.split("\\s*:\\s*", 2))
                            .filter(field -> field.length == 2)
                            .collect(
                                    Collectors.toMap(
                                            f -> f[0], f -> f[1], (a, _) -> a, TreeMap::new));
            return "%s (family %s, model %s)"
                    .formatted(
                            fields.getOrDefault("model name", "unknown"),
                            fields.getOrDefault("cpu family", "?"),
                            fields.getOrDefault("model", "?"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For the head of a table. */
    @Override
    public String toString() {
        return """
        %s, %d processors, %d-bit lanes; %s; %s
        Java options %s; load average at the start %.2f\
        """
                .formatted(
                        processor,
                        processors,
                        lanes,
                        system,
                        javaMachine,
                        String.join(" ", javaFlags),
                        loadAverage);
    }
}
