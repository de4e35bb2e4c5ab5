package io.github.subquad.bench;

import io.github.subquad.AttentionShape;
import io.github.subquad.MemoryBudget;
import io.github.subquad.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/**
 * What a workload attends: seeded Gaussian numbers, off the heap.
 *
 * @param query {@code [query heads, query tokens, channels]}
 * @param key {@code [key heads, key tokens, channels]}
 * @param value {@code [key heads, key tokens, value channels]}
 * @param output {@code [query heads, query tokens, value channels]}, for the results
 */
record WorkloadTensors(Tensor query, Tensor key, Tensor value, Tensor output) {
    /**
     * Makes the tensors of a workload.
     *
     * @param arena owner of the memory, for all threads
     * @param workload whose shape and storage type count
     * @param seed of the numbers
     * @return the tensors
     * @throws IllegalArgumentException if they do not fit into memory
     */
    static WorkloadTensors of(Arena arena, Workload workload, long seed) {
        AttentionShape s = workload.shape();
        var seeds = new SplittableRandom(seed);
        try {
            return new WorkloadTensors(
                    filled(arena, workload, seeds, s.queryHeads(), s.queryTokens(), s.channels()),
                    filled(arena, workload, seeds, s.keyHeads(), s.keyTokens(), s.channels()),
                    filled(arena, workload, seeds, s.keyHeads(), s.keyTokens(), s.valueChannels()),
                    Tensor.allocate(
                            arena,
                            workload.dataType(),
                            s.queryHeads(),
                            s.queryTokens(),
                            s.valueChannels()));
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(
                    "workload: the tensors of %s take %s, more than the Java machine may allocate"
                                    .formatted(
                                            workload.name(),
                                            MemoryBudget.format((long) workload.bytes()))
                            + " (-XX:MaxDirectMemorySize raises that)",
                    e);
        }
    }

    private static Tensor filled(
            Arena arena, Workload workload, SplittableRandom seeds, long... shape) {
        Tensor tensor = Tensor.allocate(arena, workload.dataType(), shape);
        Gaussians.fill(tensor, seeds.nextLong());
        return tensor;
    }

    /** Makes every element of the output a NaN, so that nothing of earlier calls is left there. */
    void forgetOutput() {
        output.segment().fill((byte) 0xFF);
    }
}
