package io.github.subquad.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What Linux tells of its first processor in files, where OSHI says nothing, or, of caches,
 * kibibytes for bytes.
 *
 * @param folder {@code /sys/devices/system/cpu/cpu0}
 */
record LinuxProcessor(Path folder) {
    private static final LinuxProcessor FIRST =
            new LinuxProcessor(Path.of("/sys/devices/system/cpu/cpu0"));

    /** Two on the first level, one on each other, and room for more. */
    private static final int MOST_CACHES = 16;

    /** The processor of this machine; it tells nothing on other systems. */
    static LinuxProcessor first() {
        return FIRST;
    }

    /** How its clock is set, such as {@code performance}. */
    Optional<String> governor() {
        return text("cpufreq/scaling_governor");
    }

    /** Bytes of its cache of the highest level. */
    Optional<Long> lastLevelCache() {
        return IntStream.range(0, MOST_CACHES)
                .mapToObj(i -> new Cache(number(i, "level"), number(i, "size")))
                .max(Comparator.comparingLong(Cache::level))
                .map(Cache::bytes)
                .filter(bytes -> bytes > 0);
    }

    /** 0 for what is not told. */
    private record Cache(long level, long bytes) {}

    /** A whole number, which may end in K, M or G for powers of 1024; else 0. */
    private long number(int cache, String file) {
        String text = text("cache/index" + cache + "/" + file).orElse("");
        if (!text.matches("\\d{1,9}[KMG]?")) {
            return 0;
        }
        int shift = 10 * Math.max(0, " KMG".indexOf(text.charAt(text.length() - 1)));
        return Long.parseLong(text.replaceAll("\\D", "")) << shift;
    }

    private Optional<String> text(String file) {
        try {
            return Optional.of(Files.readString(folder.resolve(file)).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
