package io.github.subquad.bench;

import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.reference.Verdict;

import org.jspecify.annotations.Nullable;

import java.util.OptionalDouble;

/**
 * What came of one workload with one set of options.
 *
 * @param workload what was called
 * @param device where
 * @param plan how the call was cut, and its planned bytes
 * @param peakBytes most bytes beyond inputs and output that the engine held
 * @param verdict on the output of the last timed call
 * @param measurement how long the calls took; null where the verdict is not ok: a wrong result has
 *     no speed
 * @param deviceTimes where the time went, as far as the engine tells; null if it does not, or the
 *     verdict is not ok
 * @param command that repeats the row
 */
public record Row(
        Workload workload,
        Device device,
        ChunkPlan plan,
        long peakBytes,
        Verdict verdict,
        @Nullable Measurement measurement,
        @Nullable DeviceTimes deviceTimes,
        String command) {
    /** Drops the measurement of a wrong result. */
    public Row {
        measurement = verdict.ok() ? measurement : null;
        deviceTimes = verdict.ok() ? deviceTimes : null;
    }

    /**
     * The durations in five numbers.
     *
     * @return null where the verdict is not ok
     */
    public @Nullable Statistics time() {
        return measurement == null ? null : measurement.statistics();
    }

    /**
     * The speed of the median call by {@link Workload#flops()}.
     *
     * @return GFLOP/s; empty where the verdict is not ok
     */
    public OptionalDouble gigaflops() {
        Statistics time = time();
        return time == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(workload.flops() / time.median());
    }

    /**
     * How fast the median call of a decoding step reads keys and values.
     *
     * @return GB/s; empty where the verdict is not ok or the workload does not decode
     */
    public OptionalDouble gigabytes() {
        Statistics time = time();
        return time == null || !workload.decodes()
                ? OptionalDouble.empty()
                : OptionalDouble.of(workload.keyValueBytes() / time.median());
    }
}
