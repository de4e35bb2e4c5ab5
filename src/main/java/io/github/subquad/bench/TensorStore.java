package io.github.subquad.bench;

import io.github.subquad.AttentionShape;
import io.github.subquad.tensor.DataType;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of workloads: kept between turns where all of them together take little of the
 * memory, else made anew when another workload's turn comes. The numbers are the same either way.
 */
final class TensorStore implements AutoCloseable {
    /** Of the machine's memory; the rest is for engines. */
    private static final double SHARE = 0.25;

    private final long seed;
    private final boolean keepsAll;
    private final Map<Key, Stored> stored = new HashMap<>();

    /** What the numbers depend on, beside the seed. */
    private record Key(AttentionShape shape, DataType type, Pass pass) {
        Key(Workload workload) {
            this(workload.shape(), workload.dataType(), workload.pass());
        }
    }

    private record Stored(Arena arena, WorkloadTensors tensors) {}

    /**
     * Makes none yet.
     *
     * @param workloads that will be asked for
     * @param seed of the numbers
     * @param memoryBytes of the machine, 0 if not known
     */
    TensorStore(List<Workload> workloads, long seed, long memoryBytes) {
        this.seed = seed;
        Map<Key, Double> bytes = new HashMap<>();
        workloads.forEach(workload -> bytes.put(new Key(workload), workload.bytes()));
        double all = bytes.values().stream().mapToDouble(Double::doubleValue).sum();
        keepsAll = all <= SHARE * memoryBytes;
    }

    /**
     * The tensors of a workload, valid until another's are asked for.
     *
     * @throws IllegalArgumentException if they do not fit into memory
     */
    WorkloadTensors of(Workload workload) {
        var key = new Key(workload);
        if (!keepsAll && !stored.containsKey(key)) {
            close();
        }
        return stored.computeIfAbsent(key, _ -> make(workload)).tensors;
    }

    @SuppressWarnings("MustBeClosedChecker") // closed with the store
    private Stored make(Workload workload) {
        Arena arena = Arena.ofShared();
        try {
            return new Stored(arena, WorkloadTensors.of(arena, workload, seed));
        } catch (IllegalArgumentException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public void close() {
        stored.values().forEach(s -> s.arena.close());
        stored.clear();
    }
}
