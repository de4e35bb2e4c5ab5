package io.github.subquad.cpu;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.util.Arrays;

/**
 * Weights of scores, in place; an operation is one exponential function, its sum with it. Weights
 * become scores of the next call: with a reference score of 1 they tend to 1, since 2^(1 − 1) = 1,
 * and so stay in range for ever.
 */
public class WeightsBenchmark extends KernelBenchmark {
    static final float REFERENCE = 1;

    final float[] scores = random(1, (KEYS + Kernels.SLACK) * WIDTH, -20, 1);
    final float[] sums = new float[WIDTH];
    private final float[] negated = new float[WIDTH];

    /** For JMH. */
    public WeightsBenchmark() {
        Arrays.fill(negated, -REFERENCE);
    }

    /**
     * A block of queries.
     *
     * @return whether a score rose too far
     */
    @Benchmark
    @OperationsPerInvocation(KEYS * WIDTH)
    public boolean block() {
        return kernels().weights(scores, KEYS, negated, 0, sums, OnlineSoftmax.LAZY_RISE);
    }

    /**
     * Few rows.
     *
     * @return whether a score rose too far
     */
    @Benchmark
    @OperationsPerInvocation(KEYS * Kernels.ROWS)
    public boolean rows() {
        return kernels().rowWeights(scores, KEYS, negated, 0, sums, OnlineSoftmax.LAZY_RISE);
    }
}
