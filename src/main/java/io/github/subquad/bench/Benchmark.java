package io.github.subquad.bench;

import io.github.subquad.Attention;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.ChunkPlan;
import io.github.subquad.reference.Verdict;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Function;

/**
 * Measures workloads with sets of options, one row each.
 *
 * @param workloads what is called, outer loop
 * @param settings how, inner loop; the workload decides on causality
 * @param protocol how often
 * @param seed of the data and of the rows that a verdict looks at
 * @param sessions opens a session, as {@link Attention#open(AttentionOptions)} does
 */
public record Benchmark(
        List<Workload> workloads,
        List<AttentionOptions> settings,
        Protocol protocol,
        long seed,
        Function<AttentionOptions, Attention> sessions) {
    /** Told how far a benchmark has come. */
    public interface Listener {
        /**
         * A row is about to be measured.
         *
         * @param workload its workload
         * @param options its options
         */
        default void started(Workload workload, AttentionOptions options) {}

        /**
         * A row is there.
         *
         * @param row what came of it
         * @throws IOException if it cannot be written where it belongs; ends the benchmark
         */
        void measured(Row row) throws IOException;
    }

    /** Keeps the lists as they are now. */
    public Benchmark {
        workloads = List.copyOf(workloads);
        settings = List.copyOf(settings);
    }

    /**
     * Opens and plans everything without a call, so that what cannot work is known at once.
     *
     * @throws IllegalArgumentException naming an option that cannot be honoured
     * @throws io.github.subquad.BackendException if a device is not usable
     */
    public void check() {
        for (AttentionOptions options : settings) {
            try (Attention attention = sessions.apply(options)) {
                workloads.forEach(workload -> attention.plan(workload.shape()));
            }
        }
    }

    /**
     * Measures every row.
     *
     * @param listener told of each row as soon as it is measured
     * @throws IllegalArgumentException if the tensors of a workload do not fit into memory
     * @throws io.github.subquad.BackendException if a device fails
     * @throws IOException if the listener cannot write a row
     */
    public void run(Listener listener) throws IOException {
        for (Workload workload : workloads) {
            try (Arena arena = Arena.ofShared()) {
                var tensors = WorkloadTensors.of(arena, workload, seed);
                for (AttentionOptions setting : settings) {
                    var options = setting.toBuilder().causal(workload.causal()).build();
                    listener.started(workload, options);
                    listener.measured(measure(workload, tensors, options));
                }
            }
        }
    }

    private Row measure(Workload workload, WorkloadTensors t, AttentionOptions options) {
        var stopwatch = new Stopwatch();
        try (Attention attention = sessions.apply(options.toBuilder().timing(stopwatch).build())) {
            ChunkPlan plan = attention.plan(workload.shape());
            var measurement =
                    Measurement.take(
                            protocol,
                            System::nanoTime,
                            () ->
                                    attention.attendInto(
                                            t.query(), t.key(), t.value(), null, t.output(), null),
                            () -> {
                                stopwatch.stop();
                                t.forgetOutput();
                            });
            var inputs = AttentionInputs.of(t.query(), t.key(), t.value(), null, options);
            return new Row(
                    workload,
                    attention.device(),
                    plan,
                    attention.peakBytes(),
                    Verdict.of(inputs, t.output(), null, options.precision(), seed),
                    measurement,
                    stopwatch.times(),
                    new RowCommand(workload, attention.device(), options, protocol, seed)
                            .toString());
        }
    }
}
