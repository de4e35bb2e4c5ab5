package io.github.subquad.bench;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.BackendException;
import io.github.subquad.MemoryBudget;
import io.github.subquad.bench.machine.EnergyMeter;
import io.github.subquad.bench.machine.Environment;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Measures cases by turns. A repetition goes over all workloads, each time in another order, and
 * within a workload every case takes its turn: a machine that is slow for a minute is slow for all
 * of them, and two cases of a workload meet the same minute.
 */
public final class Benchmark implements AutoCloseable {
    /** Of the machine's memory, for the tensors and buffers of one case. */
    private static final double MOST_MEMORY = 0.8;

    private final Run run;
    private final Environment environment;
    private final List<Contestant> contestants = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();
    private final TensorStore tensors;
    private final EnergyMeter energy;
    private final Roofs roofs;

    /** Told how far a benchmark has come. */
    public interface Listener {
        /**
         * A case is about to take a turn.
         *
         * @param turning the case
         * @param repetition from 1
         * @param repetitions how many there will be
         */
        default void turn(Case turning, int repetition, int repetitions) {}

        /**
         * A turn was taken.
         *
         * @param report makes the report as far as it has come
         * @throws IOException if it cannot be written where it belongs; ends the benchmark
         */
        void measured(Supplier<Report> report) throws IOException;
    }

    /**
     * Opens a session for each case and plans it without a call, so that what cannot work is known
     * at once. A setting that can do some workloads only is skipped for the others, and one that
     * computes no gradients for a backward pass.
     *
     * @param run what to measure
     * @param environment the machine
     * @param engines where sessions and probes come from
     * @param withRoofs whether to measure what the devices can do at most, too
     * @throws IllegalArgumentException naming an option that cannot be honoured for any workload
     * @throws BackendException if a device is not usable
     */
    public Benchmark(Run run, Environment environment, Engines engines, boolean withRoofs) {
        this.run = run;
        this.environment = environment;
        energy = engines.meters().get();
        tensors =
                new TensorStore(
                        run.cases().stream().map(Case::workload).toList(),
                        run.seed(),
                        environment.memoryBytes());
        try {
            open(engines.sessions());
            List<Setting> settings =
                    contestants.stream().map(contestant -> contestant.asked().setting()).toList();
            roofs = new Roofs(withRoofs ? settings : List.of(), engines.probes());
        } catch (RuntimeException | Error e) {
            closeSessions();
            throw e;
        }
    }

    private void open(Function<AttentionOptions, Attention> sessions) {
        Map<Setting, IllegalArgumentException> refused = new LinkedHashMap<>();
        Set<Setting> opened = new HashSet<>();
        UnsupportedOperationException unsupported = null;
        for (Case asked : run.cases()) {
            try {
                var contestant = new Contestant(asked, run.protocol(), run.seed(), sessions);
                contestants.add(contestant);
                checkMemory(contestant);
                opened.add(wish(asked));
                dropIfThereAlready(contestant);
            } catch (IllegalArgumentException e) {
                refused.putIfAbsent(wish(asked), e);
                skip(asked, String.valueOf(e.getMessage()), false);
            } catch (UnsupportedOperationException e) {
                unsupported = e;
                skip(asked, String.valueOf(e.getMessage()), false);
            }
        }
        refused.keySet().removeAll(opened);
        for (IllegalArgumentException e : refused.values()) {
            throw e;
        }
        if (contestants.isEmpty() && unsupported != null) {
            throw new IllegalArgumentException("pass: " + unsupported.getMessage(), unsupported);
        }
    }

    /** What the user asked of a setting, without a workload's own chunks. */
    private static Setting wish(Case asked) {
        return asked.setting().inChunks(null, null);
    }

    private void checkMemory(Contestant contestant) {
        Workload workload = contestant.asked().workload();
        long needed = (long) workload.bytes() + contestant.plan().extraBytes();
        long memory = environment.memoryBytes();
        if (memory > 0 && needed > MOST_MEMORY * memory) {
            contestants.remove(contestant);
            contestant.close();
            throw new IllegalArgumentException(
                    "workload: tensors and buffers of %s take %s, more than %.0f%% of the machine's %s"
                            .formatted(
                                    workload.name(),
                                    MemoryBudget.format(needed),
                                    100 * MOST_MEMORY,
                                    MemoryBudget.format(memory)));
        }
    }

    /** {@code auto} and a name may choose the same device. */
    private void dropIfThereAlready(Contestant last) {
        if (contestants.stream().filter(c -> c.asked().equals(last.asked())).count() > 1) {
            contestants.remove(last);
            last.close();
        }
    }

    private void skip(Case asked, String reason, boolean failed) {
        skipped.add(new Skipped(asked.workload(), asked.setting(), reason, failed));
    }

    /**
     * Goes on from where a benchmark of the same cases was broken off. Samples of two machines, or
     * of two states of the code, make no row.
     *
     * @param earlier as far as it had come
     * @throws IllegalArgumentException if this is another machine or another state of the code, or
     *     a row is of no case or device of this benchmark
     */
    public void resume(Report earlier) {
        List<String> differences = earlier.environment().differences(environment);
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException(
                    "resume: this is not where the benchmark was begun: "
                            + String.join("; ", differences));
        }
        for (Row row : earlier.rows()) {
            contestants.stream()
                    .filter(c -> c.asked().equals(row.measured()))
                    .filter(c -> c.device().equals(row.device()))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new IllegalArgumentException(
                                            "resume: %s was measured on %s (%s), which is not there now"
                                                    .formatted(
                                                            row.measured(),
                                                            row.device().address(),
                                                            row.device().name())))
                    .resume(row);
        }
        roofs.resume(earlier.roofs());
    }

    /**
     * Takes all turns that are still to be taken.
     *
     * @param listener told of each turn
     * @param most repetitions with turns, before it stops; at least 1
     * @throws CancellationException if the thread is interrupted; what was measured is in {@link
     *     #report}
     * @throws IOException if the listener cannot write
     */
    public void run(Listener listener, int most) throws IOException {
        try (ColdCache cold =
                run.protocol().cache() == Protocol.Cache.COLD ? new ColdCache() : null) {
            int repetitions = run.protocol().repetitions();
            int left = most;
            for (int repetition = 1; repetition <= repetitions && left > 0; repetition++) {
                boolean sampled = false;
                for (Contestant contestant : inOrder(repetition)) {
                    if (!contestant.isDone() && contestant.turns() < repetition) {
                        if (!sampled) {
                            roofs.sample();
                            sampled = true;
                            left--;
                        }
                        listener.turn(contestant.asked(), repetition, repetitions);
                        takeTurn(contestant, cold);
                        if (Thread.currentThread().isInterrupted()) {
                            throw new CancellationException("interrupted between two turns");
                        }
                        listener.measured(this::report);
                    }
                }
            }
        }
    }

    private void takeTurn(Contestant contestant, @Nullable ColdCache cold) {
        try {
            contestant.takeTurn(tensors.of(contestant.asked().workload()), cold, energy);
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
            contestants.remove(contestant);
            contestant.close();
            // A peer refuses some tensors only when it sees them.
            boolean refused =
                    e instanceof IllegalArgumentException && contestant.asked().setting().peer();
            skip(contestant.asked(), String.valueOf(e.getMessage()), !refused);
        }
    }

    /** Workloads in an order of this repetition's own, and so the cases within each. */
    private List<Contestant> inOrder(int repetition) {
        var random = new Random(31 * run.seed() + repetition);
        Map<Workload, List<Contestant>> byWorkload = new LinkedHashMap<>();
        for (Contestant contestant : contestants) {
            byWorkload
                    .computeIfAbsent(contestant.asked().workload(), _ -> new ArrayList<>())
                    .add(contestant);
        }
        List<List<Contestant>> groups = new ArrayList<>(byWorkload.values());
        Collections.shuffle(groups, random);
        groups.forEach(group -> Collections.shuffle(group, random));
        return groups.stream().flatMap(List::stream).toList();
    }

    /**
     * What is known so far.
     *
     * @return rows in the order in which they were asked for
     */
    public Report report() {
        List<Row> rows = new ArrayList<>();
        for (Contestant contestant : contestants) {
            Row row = contestant.row();
            if (row != null) {
                rows.add(row);
            }
        }
        return new Report(run, environment, energyNote(), roofs.roofs(), rows, skipped);
    }

    private String energyNote() {
        String source = energy.source();
        return source == null ? String.valueOf(energy.reason()) : source;
    }

    @Override
    public void close() {
        roofs.close();
        closeSessions();
    }

    private void closeSessions() {
        contestants.forEach(Contestant::close);
        tensors.close();
        energy.close();
    }
}
