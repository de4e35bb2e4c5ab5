package io.github.subquad.cpu;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Scores; an operation is a multiplication or an addition. */
public class ScoresBenchmark extends KernelBenchmark {
    final float[] key = random(1, KEYS * CHANNELS, -1, 1);
    final float[] queryColumns = random(2, CHANNELS * WIDTH, -1, 1);
    final float[] queryRows = random(3, Kernels.ROWS * CHANNELS, -1, 1);
    final float[] scores = new float[(KEYS + Kernels.SLACK) * WIDTH];

    /** For JMH. */
    public ScoresBenchmark() {}

    /**
     * A block of queries.
     *
     * @return scores, {@code [keys][WIDTH]}
     */
    @Benchmark
    @OperationsPerInvocation(2 * KEYS * CHANNELS * WIDTH)
    public float[] block() {
        kernels().scores(key, 0, CHANNELS, KEYS, CHANNELS, queryColumns, 0, scores, 0);
        return scores;
    }

    /**
     * Few rows.
     *
     * @return scores, {@code [keys][ROWS]}
     */
    @Benchmark
    @OperationsPerInvocation(2 * KEYS * CHANNELS * Kernels.ROWS)
    public float[] rows() {
        kernels().rowScores(queryRows, 0, CHANNELS, key, 0, CHANNELS, KEYS, CHANNELS, scores, 0);
        return scores;
    }
}
