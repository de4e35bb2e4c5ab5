package io.github.subquad.bench;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** By how much this process grows: Linux alone tells. */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");

    private ResidentMemory() {}

    /**
     * Runs something.
     *
     * @param work that may take memory
     * @return the most resident bytes while it ran, less those before; null where that is not told
     */
    static @Nullable Long growth(Runnable work) {
        Long before = null;
        try {
            Files.writeString(CLEAR_REFS, "5"); // lets the peak begin anew
            before = field("VmRSS:");
        } catch (IOException e) {
            // told by null
        }
        work.run();
        try {
            return before == null ? null : Math.max(0, field("VmHWM:") - before);
        } catch (IOException e) {
            return null;
        }
    }

    private static long field(String name) throws IOException {
        try (var lines = Files.lines(STATUS)) {
            String line = lines.filter(l -> l.startsWith(name)).findFirst().orElse("0");
            return 1024 * Long.parseLong(line.replaceAll("\\D+", ""));
        }
    }
}
