package io.github.subquad.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * In plain loops over adjacent floats, which the compiler vectorises as it does those of {@link
 * ScalarKernels}. So what this reaches is the roof of those, not of the processor; a product and a
 * sum, since a fused multiply-add outside vectors is a slow call on some processors.
 */
final class ScalarRoofLoops implements RoofLoops {
    /** Few enough for the first cache, many enough for the compiler's vectors. */
    private static final int CHAINS = 256;

    /** Multiply-adds between a load and a store. */
    private static final int DEPTH = 16;

    @Override
    public int chains() {
        return CHAINS;
    }

    @Override
    public int steps() {
        return 1 << 13;
    }

    @Override
    public float multiplyAdd(int steps, float x, float y) {
        float[] chains = new float[CHAINS];
        for (int step = 0; step < steps; step += DEPTH) {
            advance(chains, x, y);
        }
        float sum = 0;
        for (float chain : chains) {
            sum += chain;
        }
        return sum;
    }

    private static void advance(float[] chains, float x, float y) {
        for (int i = 0; i < CHAINS; i++) {
            float a = chains[i];
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            a = a * x + y;
            chains[i] = a;
        }
    }

    @Override
    public float sum(MemorySegment numbers, long from, long bytes) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        float e = 0;
        float f = 0;
        float g = 0;
        float h = 0;
        for (long at = from; at < from + bytes; at += 32) {
            a += numbers.get(JAVA_FLOAT, at);
            b += numbers.get(JAVA_FLOAT, at + 4);
            c += numbers.get(JAVA_FLOAT, at + 8);
            d += numbers.get(JAVA_FLOAT, at + 12);
            e += numbers.get(JAVA_FLOAT, at + 16);
            f += numbers.get(JAVA_FLOAT, at + 20);
            g += numbers.get(JAVA_FLOAT, at + 24);
            h += numbers.get(JAVA_FLOAT, at + 28);
        }
        return ((a + b) + (c + d)) + ((e + f) + (g + h));
    }
}
