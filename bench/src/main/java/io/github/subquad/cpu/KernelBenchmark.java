package io.github.subquad.cpu;

import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What the benchmarks of kernels share: the twins as a parameter, sizes as the engine has them, and
 * the unit. An operation is what the benchmark's own Javadoc says, so that ops/ns are billions a
 * second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public abstract class KernelBenchmark {
    /** Keys of a block. */
    static final int KEYS = 128;

    /** Channels of keys and of values. */
    static final int CHANNELS = 64;

    /** Queries of a block. */
    static final int WIDTH = Kernels.WIDTH;

    /** The kernels: {@code vector} or {@code scalar}. */
    @Param({"vector", "scalar"})
    public String twin = "vector";

    private Kernels kernels = new VectorKernels();

    /** For JMH. */
    KernelBenchmark() {}

    /** Takes the kernels that the parameter names. */
    @Setup
    public void takeTwin() {
        kernels =
                switch (twin) {
                    case "vector" -> new VectorKernels();
                    case "scalar" -> new ScalarKernels();
                    default ->
                            throw new IllegalArgumentException(
                                    "twin: expected vector or scalar, got '%s'".formatted(twin));
                };
    }

    final Kernels kernels() {
        return kernels;
    }

    /** Uniform numbers. */
    static float[] random(long seed, int size, double from, double to) {
        var random = new SplittableRandom(seed);
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = (float) random.nextDouble(from, to);
        }
        return numbers;
    }
}
