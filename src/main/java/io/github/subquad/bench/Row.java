package io.github.subquad.bench;

import com.fasterxml.jackson.annotation.JsonProperty;

import io.github.subquad.Device;
import io.github.subquad.bench.machine.Roof;

import org.apache.commons.statistics.descriptive.Median;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What came of a case. A wrong result has no times: they are dropped.
 *
 * @param workload what was called
 * @param setting with what
 * @param device where
 * @param plan how the call was cut
 * @param verdict on the results of a timed call
 * @param start what came before the timed calls; null where the verdict is not ok
 * @param turnsNanos duration of every timed call, a list for each repetition; empty where the
 *     verdict is not ok
 * @param memory beyond inputs and results
 * @param energy of the timed calls; null where the machine does not tell
 * @param command that repeats the row
 */
public record Row(
        Workload workload,
        Setting setting,
        Device device,
        PlanSummary plan,
        Judgement verdict,
        @Nullable Start start,
        List<List<Long>> turnsNanos,
        MemoryUse memory,
        @Nullable Energy energy,
        String command) {
    /** Drops the times of a wrong result. */
    public Row {
        start = verdict.ok() ? start : null;
        turnsNanos = verdict.ok() ? turnsNanos.stream().map(List::copyOf).toList() : List.of();
        energy = verdict.ok() ? energy : null;
    }

    /**
     * What was measured.
     *
     * @return workload and setting
     */
    public Case measured() {
        return new Case(workload, setting);
    }

    /**
     * A sample for each repetition: the median of its calls, in nanoseconds.
     *
     * @return in the order of measurement
     */
    public double[] samples() {
        Median median = Median.withDefaults();
        return turnsNanos.stream()
                .mapToDouble(
                        turn ->
                                median.evaluate(
                                        turn.stream().mapToDouble(Long::doubleValue).toArray()))
                .toArray();
    }

    /**
     * The samples in some numbers, in nanoseconds.
     *
     * @return null where there is no sample
     */
    @JsonProperty
    public @Nullable Statistics statistics() {
        return turnsNanos.isEmpty() ? null : Statistics.of(samples());
    }

    /**
     * Whether a roof is that of the place where this row was computed.
     *
     * @param roof of the same report
     * @return true if device and threads are the same; peers compute on the processor
     */
    public boolean isUnder(Roof roof) {
        String place = setting.peer() ? Roofs.HOST + ":0" : device.address();
        boolean host = place.startsWith(Roofs.HOST + ":");
        return roof.device().equals(place) && (!host || roof.threads() == setting.threads());
    }

    /**
     * The speed of the median call by {@link Workload#flops()}.
     *
     * @return GFLOP/s; null where there is no sample
     */
    @JsonProperty
    public @Nullable Double gflops() {
        Statistics time = statistics();
        return time == null ? null : workload.flops() / time.median();
    }

    /**
     * How fast the median call of a decoding step reads keys and values.
     *
     * @return GB/s; null where there is no sample or the workload does not decode
     */
    @JsonProperty
    public @Nullable Double gigabytesPerSecond() {
        Statistics time = statistics();
        return time == null || !workload.decodes()
                ? null
                : workload.keyValueBytes() / time.median();
    }
}
