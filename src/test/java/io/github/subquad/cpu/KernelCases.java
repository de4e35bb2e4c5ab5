package io.github.subquad.cpu;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** What the kernel tests share: every implementation this JVM can offer, odd sizes, seeded data. */
final class KernelCases {

    /** Unit roundoff of float32. */
    static final double ULP = 0x1p-24;

    /** Marks floats that nobody may touch. */
    static final float UNTOUCHED = -12345.5f;

    private static final List<Integer> SIZES = List.of(1, 3, 13, 64, 77, 128, 207);
    private static final List<Integer> CHANNELS = List.of(1, 3, 13, 16, 40, 64, 77, 128, 207);

    private KernelCases() {}

    /**
     * The plain loops, and what the provider chose at this JVM's lane width, where that differs.
     */
    static Stream<Named<Kernels>> kernels() {
        var chosen = KernelProvider.choice().kernels();
        return Stream.of(new ScalarKernels(), chosen)
                .limit(chosen instanceof ScalarKernels ? 1 : 2)
                .map(kernels -> Named.of(kernels.name(), kernels));
    }

    /** Kernels × one size. */
    static Stream<Arguments> kernelsAndSize() {
        return kernels().flatMap(k -> SIZES.stream().map(n -> Arguments.of(k, n)));
    }

    /** Kernels × keys × channels, the small ones first; channels also at multiples of a vector. */
    static Stream<Arguments> kernelsKeysChannels() {
        return kernels().flatMap(k -> CHANNELS.stream().flatMap(d -> keys(k, d)));
    }

    private static Stream<Arguments> keys(Named<Kernels> kernels, int d) {
        return SIZES.stream().map(n -> Arguments.of(kernels, n, d));
    }

    /** For millions of comparisons: a message is made only where one fails. */
    static void assertClose(double got, double expected, double bound, String what, int i) {
        if (!(Math.abs(got - expected) <= bound)) {
            throw new AssertionError(
                    "%s %d: expected %s within %s, got %s"
                            .formatted(what, i, expected, bound, got));
        }
    }

    /** Equal, any NaN being equal to any other, and +0 not to −0. */
    static void assertSame(float got, float expected, String what, int i) {
        if (Float.compare(got, expected) != 0) {
            throw new AssertionError(
                    "%s %d: expected %s, got %s".formatted(what, i, expected, got));
        }
    }

    /** Normally distributed floats. */
    static float[] gauss(int n, long seed) {
        return gauss(n, seed, 1);
    }

    static float[] gauss(int n, long seed, double scale) {
        var random = new SplittableRandom(seed);
        var a = new float[n];
        for (int i = 0; i < n; i++) {
            a[i] = (float) (random.nextGaussian() * scale);
        }
        return a;
    }

    /** An array that shows who wrote where. */
    static float[] untouched(int n) {
        var a = new float[n];
        Arrays.fill(a, UNTOUCHED);
        return a;
    }

    /** A score block with its slack, and a guard behind it. */
    static float[] block(int n, int width) {
        return untouched((n + Kernels.SLACK) * width + 5);
    }
}
