package io.github.subquad.bench.machine;

import jdk.incubator.vector.FloatVector;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The machine that was measured, what ran there, and the state it was in. Null is what it does not
 * tell. Nothing in it names a user or a folder.
 *
 * @param processor model of the processor, {@code unknown} if the machine does not tell
 * @param processorFlags its vector instructions, by the names of the operating system, sorted
 * @param laneBits bits of the Vector API's widest vector here, null without that module
 * @param cores physical cores, 0 if not known
 * @param threads processors that this Java machine may use
 * @param memoryBytes physical memory, 0 if not known
 * @param lastLevelCacheBytes the first processor's cache of the highest level, where Linux tells
 * @param architecture such as {@code amd64}
 * @param operatingSystem name and version
 * @param javaMachine version and vendor
 * @param javaOptions its options that may change its speed
 * @param tornadovm version of TornadoVM, null without it
 * @param loadAverage processes that wanted to run, over the minute before
 * @param governor how the operating system sets the processor's clock
 * @param clockMegahertz of the fastest core at that moment
 * @param temperatureCelsius of the processor
 * @param commit of the checkout that was built, in full
 * @param dirty whether its sources were not as committed
 * @param gpus what NVIDIA's driver knows
 */
public record Environment(
        String processor,
        List<String> processorFlags,
        @Nullable Integer laneBits,
        int cores,
        int threads,
        long memoryBytes,
        @Nullable Long lastLevelCacheBytes,
        String architecture,
        String operatingSystem,
        String javaMachine,
        List<String> javaOptions,
        @Nullable String tornadovm,
        @Nullable Double loadAverage,
        @Nullable String governor,
        @Nullable Double clockMegahertz,
        @Nullable Double temperatureCelsius,
        @Nullable String commit,
        @Nullable Boolean dirty,
        List<Gpu> gpus) {
    private static final Pattern TORNADO = Pattern.compile("TornadoVM (\\S+) in .*");

    /** Keeps lists of its own. */
    public Environment {
        processorFlags = List.copyOf(processorFlags);
        javaOptions = List.copyOf(javaOptions);
        gpus = List.copyOf(gpus);
    }

    /**
     * Looks at this machine; never fails.
     *
     * @return what it tells
     */
    public static Environment read() {
        var hardware = new Hardware();
        Checkout checkout = Checkout.of(System.getProperty("subquad.home"));
        String kernel = System.getProperty("os.name") + " " + System.getProperty("os.version");
        return new Environment(
                hardware.model().orElse("unknown"),
                hardware.vectorFlags(),
                Lanes.bits(),
                hardware.cores().orElse(0),
                Runtime.getRuntime().availableProcessors(),
                hardware.memory().orElse(0L),
                LinuxProcessor.first().lastLevelCache().orElse(null),
                System.getProperty("os.arch"),
                hardware.operatingSystem().map(os -> os + ", " + kernel).orElse(kernel),
                "Java %s, %s".formatted(Runtime.version(), System.getProperty("java.vendor")),
                JavaOptions.telling(
                        ManagementFactory.getRuntimeMXBean().getInputArguments(),
                        System.getProperty("user.name", "")),
                tornadoVersion(System.getProperty("subquad.tornado", "")),
                hardware.load().orElse(null),
                LinuxProcessor.first().governor().orElse(null),
                hardware.clock().orElse(null),
                hardware.temperature().orElse(null),
                checkout == null ? null : checkout.commit(),
                checkout == null ? null : checkout.dirty(),
                Gpu.read());
    }

    /**
     * The size of this machine's last cache.
     *
     * @return bytes of the first processor's cache of the highest level; 0 if it is not told
     */
    public static long lastLevelCache() {
        return LinuxProcessor.first().lastLevelCache().orElse(0L);
    }

    /**
     * The version in what the launcher found.
     *
     * @param found such as {@code TornadoVM 5.2.0-jdk25 in} a folder, or why there is none
     */
    static @Nullable String tornadoVersion(String found) {
        Matcher matcher = TORNADO.matcher(found);
        return matcher.matches() ? matcher.group(1) : null;
    }

    /**
     * Why results of two machines, or of one in two states, are not to be compared as they are.
     * What changes by itself, such as load, clock and temperature, is no reason.
     *
     * @param other the other machine
     * @return a line for each thing that differs, such as {@code threads: 2, there 8}
     */
    public List<String> differences(Environment other) {
        return new Differences()
                .add("processor", processor, other.processor)
                .addList("processor flags", processorFlags, other.processorFlags)
                .add("lane bits", laneBits, other.laneBits)
                .add("cores", cores, other.cores)
                .add("threads", threads, other.threads)
                .add("memory", gibibytes(memoryBytes), gibibytes(other.memoryBytes))
                .add("last-level cache", lastLevelCacheBytes, other.lastLevelCacheBytes)
                .add("architecture", architecture, other.architecture)
                .add("operating system", operatingSystem, other.operatingSystem)
                .add("Java machine", javaMachine, other.javaMachine)
                .addList("Java options", javaOptions, other.javaOptions)
                .add("TornadoVM", tornadovm, other.tornadovm)
                .add("governor", governor, other.governor)
                .add("commit", commit, other.commit)
                .add("uncommitted changes", dirty, other.dirty)
                .addList("GPUs", models(gpus), models(other.gpus))
                .lines();
    }

    /** Kernels keep some of it for themselves, one more than another. */
    private static String gibibytes(long bytes) {
        return Math.round(bytes / (double) (1L << 30)) + " GiB";
    }

    private static List<String> models(List<Gpu> gpus) {
        return gpus.stream().map(gpu -> gpu.name() + ", driver " + gpu.driverVersion()).toList();
    }

    /** The Vector API, whose module may be missing: only a class that is used is loaded. */
    private static final class Lanes {
        static @Nullable Integer bits() {
            boolean there = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
            return there ? Widest.BITS : null;
        }

        private static final class Widest {
            static final int BITS = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        }
    }
}
