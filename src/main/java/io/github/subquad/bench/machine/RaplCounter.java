package io.github.subquad.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the processor counts itself (RAPL: running average power limit), a domain for each package
 * of cores with their caches and, on servers, not the memory. Whatever runs on them is counted.
 *
 * <p>The counters begin anew at a range that the kernel tells, after some minutes to an hour of
 * full load. So read more often than that.
 *
 * @see <a href="https://docs.kernel.org/power/powercap/powercap.html">Power capping framework</a>
 */
final class RaplCounter implements EnergyCounter {
    private static final Pattern DOMAIN = Pattern.compile("intel-rapl:\\d+");
    private static final String PACKAGE = "package-";

    private final List<Domain> domains;

    private RaplCounter(List<Domain> domains) {
        this.domains = domains;
    }

    /**
     * Looks for the packages of this machine.
     *
     * @param root {@code /sys/class/powercap}
     * @throws IOException that says why nothing can be read
     */
    static RaplCounter open(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException("the system has no " + root.getFileName());
        }
        List<Domain> domains = new ArrayList<>();
        try (var folders = Files.list(root)) {
            for (Path folder : folders.sorted().toList()) {
                if (DOMAIN.matcher(String.valueOf(folder.getFileName())).matches()) {
                    String name = Files.readString(folder.resolve("name")).strip();
                    if (name.startsWith(PACKAGE)) {
                        domains.add(new Domain(name.substring(PACKAGE.length()), folder));
                    }
                }
            }
        }
        if (domains.isEmpty()) {
            throw new IOException("the processor has no RAPL counter of a package");
        }
        domains.sort(Comparator.comparing(Domain::number));
        return new RaplCounter(domains);
    }

    @Override
    public String name() {
        return domains.stream()
                .map(Domain::number)
                .collect(Collectors.joining("+", "RAPL package ", ""));
    }

    @Override
    public synchronized OptionalDouble joules() {
        try {
            long microjoules = 0;
            for (Domain domain : domains) {
                microjoules += domain.sinceOpened();
            }
            return OptionalDouble.of(microjoules / 1e6);
        } catch (IOException | NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    @Override
    public void close() {}

    /** One counter, its turns added up. */
    private static final class Domain {
        private final String number;
        private final Path counter;
        private final long range;
        private long last;
        private long counted;

        Domain(String number, Path folder) throws IOException {
            this.number = number;
            counter = folder.resolve("energy_uj");
            try {
                range = read(folder.resolve("max_energy_range_uj"));
                last = read(counter);
            } catch (NumberFormatException e) {
                throw new IOException("the RAPL counter is no number", e);
            }
        }

        String number() {
            return number;
        }

        long sinceOpened() throws IOException {
            long now = read(counter);
            counted += now >= last ? now - last : range - last + now;
            last = now;
            return counted;
        }

        private static long read(Path file) throws IOException {
            return Long.parseLong(Files.readString(file).strip());
        }
    }
}
