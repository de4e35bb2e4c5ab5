package io.github.subquad.cpu;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Rows to columns and back, scaled on the way; an operation is one float. */
public class TransposeBenchmark extends KernelBenchmark {
    static final float SCALE = 0.125f;

    final float[] rows = random(1, WIDTH * CHANNELS, -1, 1);
    final float[] columns = random(2, CHANNELS * WIDTH, -1, 1);
    final float[] factors = random(3, WIDTH, 0.5, 1);
    final float[] toColumns = new float[CHANNELS * WIDTH];
    final float[] toRows = new float[WIDTH * CHANNELS];

    /** For JMH. */
    public TransposeBenchmark() {}

    /**
     * Rows to columns.
     *
     * @return {@code [channels][WIDTH]}
     */
    @Benchmark
    @OperationsPerInvocation(WIDTH * CHANNELS)
    public float[] in() {
        kernels().transposeIn(rows, 0, CHANNELS, WIDTH, CHANNELS, SCALE, toColumns, 0);
        return toColumns;
    }

    /**
     * Columns to rows.
     *
     * @return {@code [WIDTH][channels]}
     */
    @Benchmark
    @OperationsPerInvocation(WIDTH * CHANNELS)
    public float[] out() {
        kernels().transposeOut(columns, 0, factors, 0, WIDTH, CHANNELS, toRows, 0, CHANNELS);
        return toRows;
    }
}
