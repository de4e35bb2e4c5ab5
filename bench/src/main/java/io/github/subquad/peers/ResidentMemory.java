package io.github.subquad.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory the kernel says this process has in use: Linux alone tells. */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");

    private ResidentMemory() {}

    /** Bytes in use now. */
    static long now() {
        return field("VmRSS:");
    }

    /** The most bytes in use at once since the process began or the peak was forgotten. */
    static long peak() {
        return field("VmHWM:");
    }

    /** Lets the peak begin anew at what is in use now. */
    static void forgetPeak() {
        try {
            Files.writeString(CLEAR_REFS, "5");
        } catch (IOException e) {
            throw new UncheckedIOException("this measurement needs Linux", e);
        }
    }

    private static long field(String name) {
        try (var lines = Files.lines(STATUS)) {
            String line = lines.filter(l -> l.startsWith(name)).findFirst().orElseThrow();
            return 1024 * Long.parseLong(line.replaceAll("\\D+", ""));
        } catch (IOException e) {
            throw new UncheckedIOException("this measurement needs Linux", e);
        }
    }
}
