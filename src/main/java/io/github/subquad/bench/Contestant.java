package io.github.subquad.bench;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.CallTiming;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.bench.machine.EnergyMeter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** One case on its way to a row: an open session, and what its turns gave so far. */
final class Contestant implements AutoCloseable {
    /** Counters of energy are read about every millisecond: of shorter turns they tell nothing. */
    private static final long LEAST_COUNTED_NANOS = 50_000_000;

    private final Case asked;
    private final Protocol protocol;
    private final long seed;
    private final Stopwatch stopwatch = new Stopwatch();
    private final Attention attention;
    private final TimedCall timedCall;
    private final ChunkPlan plan;
    private final long planNanos;

    private final List<List<Long>> turns = new ArrayList<>();
    private long timedNanos;
    private final String command;
    private boolean warm;
    private boolean judged;
    private @Nullable Start start;
    private @Nullable Judgement verdict;
    private @Nullable Long residentGrowth;
    private @Nullable MemoryUse earlier;
    private @Nullable Energy energy;

    /**
     * Opens a session and plans the call.
     *
     * @throws IllegalArgumentException if an engine cannot do what is asked
     * @throws UnsupportedOperationException if an engine computes no gradients and is to
     * @throws io.github.subquad.BackendException if a device is not usable
     */
    Contestant(
            Case asked,
            Protocol protocol,
            long seed,
            Function<AttentionOptions, Attention> sessions) {
        this.protocol = protocol;
        this.seed = seed;
        Workload workload = asked.workload();
        attention =
                sessions.apply(
                        asked.setting().options(workload.causal()).timing(stopwatch).build());
        try {
            Device device = attention.device();
            this.asked = new Case(workload, asked.setting().on(device.backend(), device.id()));
            timedCall = TimedCall.of(this.asked, attention);
            long before = System.nanoTime();
            plan = timedCall.plan(workload.shape());
            planNanos = System.nanoTime() - before;
            command = new RowCommand(this.asked, protocol, seed).toString();
        } catch (RuntimeException e) {
            attention.close();
            throw e;
        }
    }

    /** Goes on from where an earlier sitting stopped. */
    void resume(Row row) {
        turns.addAll(row.turnsNanos());
        timedNanos = turns.stream().flatMap(List::stream).mapToLong(Long::longValue).sum();
        start = row.start();
        verdict = row.verdict();
        energy = row.energy();
        earlier = row.memory();
        residentGrowth = earlier.residentGrowthBytes();
    }

    /** What is measured, on the device that was chosen for it. */
    Case asked() {
        return asked;
    }

    /** Where it is measured. */
    Device device() {
        return attention.device();
    }

    ChunkPlan plan() {
        return plan;
    }

    int turns() {
        return turns.size();
    }

    /** Whether no further turn is wanted. */
    boolean isDone() {
        return protocol.isDone(turns.size(), timedNanos) || verdict != null && !verdict.ok();
    }

    /**
     * Takes a turn: warms up, times some calls, and judges the first turn of each sitting and the
     * last of all.
     *
     * @param t tensors of the workload; the results are overwritten
     * @param cold empties the caches before each call, or null
     * @param meter of the timed calls' energy
     */
    void takeTurn(WorkloadTensors t, @Nullable ColdCache cold, EnergyMeter meter) {
        if (!warm) {
            warmUp(t);
            warm = true;
        } else if (cold == null) {
            call(t);
        }
        timedCall.forgetResults(t);
        List<Long> turn = new ArrayList<>();
        long nanos = 0;
        stopwatch.listen(asked.setting().peer());
        EnergyMeter.Span span = meter.start();
        do {
            if (cold != null) {
                cold.evict();
            }
            long call = call(t);
            turn.add(call);
            nanos += call;
        } while (!protocol.endsTurn(turn.size(), nanos));
        OptionalDouble joules = span.stop();
        stopwatch.listen(false);
        if (!judged || protocol.isDone(turns.size() + 1, timedNanos + nanos)) {
            verdict = timedCall.judge(t, seed);
            judged = true;
        }
        turns.add(turn);
        timedNanos += nanos;
        if (cold == null && nanos >= LEAST_COUNTED_NANOS) {
            count(joules, meter, turn.size());
        }
    }

    private void count(OptionalDouble joules, EnergyMeter meter, int calls) {
        String source = meter.source();
        if (joules.isPresent() && source != null) {
            var turn = new Energy(source, joules.getAsDouble(), calls);
            energy = energy != null && energy.source().equals(source) ? energy.plus(turn) : turn;
        }
    }

    private void warmUp(WorkloadTensors t) {
        stopwatch.listen(true);
        long[] firstNanos = new long[1];
        Long growth = ResidentMemory.growth(() -> firstNanos[0] = call(t));
        CallTiming firstCall = stopwatch.told();
        var warmUp = new WarmUp();
        warmUp.add(firstNanos[0]);
        CallTiming steadyCall = firstCall;
        while (!warmUp.isSteady() && warmUp.nanos() < protocol.warmUp().toNanos()) {
            warmUp.add(call(t));
            steadyCall = stopwatch.told();
        }
        stopwatch.listen(false);
        if (start == null) {
            residentGrowth = growth;
            start =
                    new Start(
                            planNanos,
                            firstNanos[0],
                            warmUp.calls(),
                            warmUp.isSteady(),
                            firstCall == null ? null : Phases.of(firstCall),
                            steadyCall == null ? null : Phases.of(steadyCall));
        }
    }

    /**
     * Makes a call.
     *
     * @return nanoseconds. A peer that has its result in memory of its own is not charged for
     *     copying it into ours: its users would not
     */
    private long call(WorkloadTensors t) {
        stopwatch.begin();
        long before = System.nanoTime();
        timedCall.run(t);
        long nanos = System.nanoTime() - before;
        if (!asked.setting().peer()) {
            return nanos;
        }
        CallTiming timing = stopwatch.told();
        return timing == null ? nanos : Math.max(1, nanos - timing.fromDevice());
    }

    /**
     * What the turns gave.
     *
     * @return null before the first turn
     */
    @Nullable Row row() {
        Judgement judged = verdict;
        if (judged == null) {
            return null;
        }
        boolean ours = !asked.setting().peer();
        long planned = plan.extraBytes();
        long held = attention.peakBytes();
        long heldOnDevice = attention.peakDeviceBytes();
        if (earlier != null) {
            held = Math.max(held, earlier.heldBytes() == null ? 0 : earlier.heldBytes());
            heldOnDevice = Math.max(heldOnDevice, earlier.heldDeviceBytes());
        }
        return new Row(
                asked.workload(),
                asked.setting(),
                attention.device(),
                PlanSummary.of(plan),
                judged,
                start,
                turns,
                new MemoryUse(
                        ours || planned > 0 ? planned : null,
                        plan.deviceBytes(),
                        ours || held > 0 ? held : null,
                        heldOnDevice,
                        residentGrowth),
                energy,
                command);
    }

    @Override
    public void close() {
        attention.close();
    }
}
