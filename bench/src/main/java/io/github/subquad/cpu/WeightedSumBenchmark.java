package io.github.subquad.cpu;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Weighted sums of values; an operation is a multiplication or an addition. */
public class WeightedSumBenchmark extends KernelBenchmark {
    final float[] value = random(1, KEYS * CHANNELS, -1, 1);
    final float[] weights = random(2, (KEYS + Kernels.SLACK) * WIDTH, 0, 1);
    final float[] sums = new float[CHANNELS * WIDTH];

    /** For JMH. */
    public WeightedSumBenchmark() {}

    /**
     * A block of queries.
     *
     * @return sums so far, {@code [channels][WIDTH]}
     */
    @Benchmark
    @OperationsPerInvocation(2 * KEYS * CHANNELS * WIDTH)
    public float[] block() {
        kernels().weightedSum(weights, KEYS, value, 0, CHANNELS, CHANNELS, sums, 0);
        return sums;
    }

    /**
     * Few rows.
     *
     * @return sums so far, {@code [ROWS][channels]}
     */
    @Benchmark
    @OperationsPerInvocation(2 * KEYS * CHANNELS * Kernels.ROWS)
    public float[] rows() {
        kernels().rowWeightedSum(weights, 0, KEYS, value, 0, CHANNELS, CHANNELS, sums, 0, CHANNELS);
        return sums;
    }
}
