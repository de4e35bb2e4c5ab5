package io.github.subquad.cpu;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** 16-bit formats to and from float32; an operation is one number. */
public class ConversionBenchmark extends KernelBenchmark {
    static final int NUMBERS = KEYS * CHANNELS;

    final float[] floats = random(1, NUMBERS, -1, 1);
    final short[] halves = new short[NUMBERS];
    final short[] bfloats = new short[NUMBERS];
    final float[] widened = new float[NUMBERS];
    final short[] narrowed = new short[NUMBERS];

    /** For JMH. */
    public ConversionBenchmark() {
        var plain = new ScalarKernels();
        plain.narrowHalf(floats, 0, halves, 0, NUMBERS);
        plain.narrowBfloat16(floats, 0, bfloats, 0, NUMBERS);
    }

    /**
     * Float16 to float32.
     *
     * @return floats
     */
    @Benchmark
    @OperationsPerInvocation(NUMBERS)
    public float[] widenHalf() {
        kernels().widenHalf(halves, 0, widened, 0, NUMBERS);
        return widened;
    }

    /**
     * Bfloat16 to float32.
     *
     * @return floats
     */
    @Benchmark
    @OperationsPerInvocation(NUMBERS)
    public float[] widenBfloat16() {
        kernels().widenBfloat16(bfloats, 0, widened, 0, NUMBERS);
        return widened;
    }

    /**
     * Float32 to float16.
     *
     * @return bits
     */
    @Benchmark
    @OperationsPerInvocation(NUMBERS)
    public short[] narrowHalf() {
        kernels().narrowHalf(floats, 0, narrowed, 0, NUMBERS);
        return narrowed;
    }

    /**
     * Float32 to bfloat16.
     *
     * @return bits
     */
    @Benchmark
    @OperationsPerInvocation(NUMBERS)
    public short[] narrowBfloat16() {
        kernels().narrowBfloat16(floats, 0, narrowed, 0, NUMBERS);
        return narrowed;
    }
}
