package io.github.subquad.cpu;

import io.github.subquad.AttnChunk;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/** Merging a chunk into a running state; an operation is one float of the sums. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MergeBenchmark {
    static final int ROWS = 1024;
    static final int CHANNELS = KernelBenchmark.CHANNELS;

    final AttnChunk state = chunk(1);
    final AttnChunk other = chunk(4);

    /** For JMH. */
    public MergeBenchmark() {}

    static AttnChunk chunk(long seed) {
        return new AttnChunk(
                KernelBenchmark.random(seed, ROWS * CHANNELS, -1, 1),
                KernelBenchmark.random(seed + 1, ROWS, 1, 30),
                KernelBenchmark.random(seed + 2, ROWS, -5, 5));
    }

    /**
     * Merges in place; sums grow from call to call, by far too little to overflow.
     *
     * @return the state
     */
    @Benchmark
    @OperationsPerInvocation(ROWS * CHANNELS)
    public AttnChunk merge() {
        return state.mergeInPlace(other);
    }
}
