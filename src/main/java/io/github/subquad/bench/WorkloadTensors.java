package io.github.subquad.bench;

import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionShape;
import io.github.subquad.MemoryBudget;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * What a workload attends: seeded Gaussian numbers, off the heap.
 *
 * @param query {@code [query heads, query tokens, channels]}
 * @param key {@code [key heads, key tokens, channels]}
 * @param value {@code [key heads, key tokens, value channels]}
 * @param output {@code [query heads, query tokens, value channels]}, for the results
 * @param backward null where the pass is forward
 */
record WorkloadTensors(
        Tensor query, Tensor key, Tensor value, Tensor output, @Nullable Backward backward) {
    /**
     * What a backward pass takes and gives beside that.
     *
     * @param gradOutput Gaussian numbers too, shaped as the output
     * @param gradients of query, key and value, for the results
     */
    record Backward(Tensor gradOutput, AttentionGradients gradients) {}

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
            Tensor query =
                    filled(arena, workload, seeds, s.queryHeads(), s.queryTokens(), s.channels());
            Tensor key = filled(arena, workload, seeds, s.keyHeads(), s.keyTokens(), s.channels());
            Tensor value =
                    filled(arena, workload, seeds, s.keyHeads(), s.keyTokens(), s.valueChannels());
            long[] results = {s.queryHeads(), s.queryTokens(), s.valueChannels()};
            Tensor output = Tensor.allocate(arena, workload.dataType(), results);
            return new WorkloadTensors(
                    query,
                    key,
                    value,
                    output,
                    workload.pass() == Pass.FORWARD
                            ? null
                            : new Backward(
                                    filled(arena, workload, seeds, results),
                                    new AttentionGradients(
                                            like(arena, query),
                                            like(arena, key),
                                            like(arena, value),
                                            null)));
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

    private static Tensor like(Arena arena, Tensor tensor) {
        return Tensor.allocate(arena, tensor.dataType(), tensor.shape());
    }

    /** Makes every element of a tensor that was made here a NaN. */
    static void forget(Tensor tensor) {
        tensor.segment().fill((byte) 0xFF);
    }

    /** Of a workload whose pass is not forward alone. */
    Tensor gradOutput() {
        return Objects.requireNonNull(backward, "forward alone").gradOutput;
    }

    /** Of a workload whose pass is not forward alone. */
    AttentionGradients gradients() {
        return Objects.requireNonNull(backward, "forward alone").gradients;
    }
}
