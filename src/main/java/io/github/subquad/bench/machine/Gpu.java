package io.github.subquad.bench.machine;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A GPU as its driver's own tool tells of it at this moment; null where it does not tell.
 *
 * @param name model
 * @param driverVersion of the driver
 * @param clockMegahertz of its multiprocessors
 * @param memoryClockMegahertz of its memory
 * @param powerWatts what it draws
 * @param temperatureCelsius of the chip
 * @param powerLimitWatts what it may draw
 */
public record Gpu(
        String name,
        String driverVersion,
        @Nullable Double clockMegahertz,
        @Nullable Double memoryClockMegahertz,
        @Nullable Double powerWatts,
        @Nullable Double temperatureCelsius,
        @Nullable Double powerLimitWatts) {
    private static final List<String> QUERY =
            List.of(
                    "nvidia-smi",
                    "--query-gpu=name,driver_version,clocks.sm,clocks.mem,power.draw,"
                            + "temperature.gpu,power.limit",
                    "--format=csv,noheader,nounits");

    /** Fields of a line. */
    private static final int FIELDS = 7;

    /**
     * Those of this machine that {@code nvidia-smi} knows.
     *
     * @return in its order; none if it is not there
     */
    static List<Gpu> read() {
        String answer = Tool.ask(QUERY);
        return answer == null ? List.of() : parse(answer);
    }

    static List<Gpu> parse(String answer) {
        return answer.lines().map(Gpu::of).filter(Objects::nonNull).toList();
    }

    private static @Nullable Gpu of(String line) {
        String[] f = Arrays.stream(line.split(",", -1)).map(String::strip).toArray(String[]::new);
        if (f.length != FIELDS) {
            return null;
        }
        return new Gpu(
                f[0], f[1], number(f[2]), number(f[3]), number(f[4]), number(f[5]), number(f[6]));
    }

    /** Null for what stands in place of a number, such as {@code [N/A]}. */
    static @Nullable Double number(String field) {
        try {
            double number = Double.parseDouble(field.strip());
            return Double.isFinite(number) ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
