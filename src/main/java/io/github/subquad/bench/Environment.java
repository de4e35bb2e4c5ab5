package io.github.subquad.bench;

import oshi.SystemInfo;

/**
 * The machine that was measured.
 *
 * @param processor model of the processor, {@code unknown} if the machine does not tell
 * @param cores physical cores, 0 if not known
 * @param threads processors that this Java machine may use
 * @param memoryBytes physical memory, 0 if not known
 * @param architecture such as {@code amd64}
 * @param operatingSystem name and version
 * @param javaMachine version and vendor
 */
public record Environment(
        String processor,
        int cores,
        int threads,
        long memoryBytes,
        String architecture,
        String operatingSystem,
        String javaMachine) {
    /**
     * Looks at this machine.
     *
     * @return what it tells
     */
    public static Environment read() {
        String processor = "unknown";
        int cores = 0;
        long memory = 0;
        String kernel = System.getProperty("os.name") + " " + System.getProperty("os.version");
        String operatingSystem = kernel;
        try {
            var system = new SystemInfo();
            var hardware = system.getHardware();
            processor = hardware.getProcessor().getProcessorIdentifier().getName().strip();
            cores = hardware.getProcessor().getPhysicalProcessorCount();
            memory = hardware.getMemory().getTotal();
            var os = system.getOperatingSystem();
            operatingSystem =
                    "%s %s, %s".formatted(os.getFamily(), os.getVersionInfo().getVersion(), kernel);
        } catch (LinkageError | UnsupportedOperationException e) {
            // Its native part does not run on every system; a benchmark does.
        }
        return new Environment(
                processor,
                cores,
                Runtime.getRuntime().availableProcessors(),
                memory,
                System.getProperty("os.arch"),
                operatingSystem,
                "Java %s, %s".formatted(Runtime.version(), System.getProperty("java.vendor")));
    }
}
