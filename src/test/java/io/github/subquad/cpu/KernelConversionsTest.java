package io.github.subquad.cpu;

import static io.github.subquad.cpu.KernelCases.UNTOUCHED;
import static io.github.subquad.cpu.KernelCases.assertSame;
import static io.github.subquad.cpu.KernelCases.untouched;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.SplittableRandom;

/** Every one of the 65,536 bit patterns, and floats that lie between them. */
@Tag("lanes")
class KernelConversionsTest {

    private static final String CASES = "io.github.subquad.cpu.KernelCases#kernelsAndSize";
    private static final String KERNELS = "io.github.subquad.cpu.KernelCases#kernels";

    private static final int ALL = 1 << 16;

    /** The two formats by their definitions, apart from the code under test. */
    private enum Format {
        HALF(5, (short) 0x7e00),
        BFLOAT16(8, (short) 0x7fc0);

        final int fractionBits;
        final int bias;
        final int infinity;
        final short nan;

        Format(int exponentBits, short nan) {
            this.fractionBits = 15 - exponentBits;
            this.bias = (1 << (exponentBits - 1)) - 1;
            this.infinity = ((1 << exponentBits) - 1) << fractionBits;
            this.nan = nan;
        }

        double value(int bits) {
            var sign = (bits & 0x8000) == 0 ? 1.0 : -1.0;
            var magnitude = bits & 0x7fff;
            if (magnitude >= infinity) {
                return magnitude == infinity ? sign / 0 : Double.NaN;
            }
            return sign * unbounded(magnitude);
        }

        /** As if exponents had no end: infinity's bits are then one step above the greatest. */
        double unbounded(int magnitude) {
            var exponent = magnitude >> fractionBits;
            var fraction = magnitude & ((1 << fractionBits) - 1);
            var significand = exponent == 0 ? fraction : fraction + (1 << fractionBits);
            return significand * Math.pow(2, Math.max(exponent, 1) - bias - fractionBits);
        }

        void widen(Kernels kernels, short[] a, int ao, float[] b, int bo, int n) {
            switch (this) {
                case HALF -> kernels.widenHalf(a, ao, b, bo, n);
                case BFLOAT16 -> kernels.widenBfloat16(a, ao, b, bo, n);
            }
        }

        void narrow(Kernels kernels, float[] a, int ao, short[] b, int bo, int n) {
            switch (this) {
                case HALF -> kernels.narrowHalf(a, ao, b, bo, n);
                case BFLOAT16 -> kernels.narrowBfloat16(a, ao, b, bo, n);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void everyPatternWidensExactly(Kernels kernels) {
        for (var format : Format.values()) {
            var a = new short[3 + ALL];
            for (int i = 0; i < ALL; i++) {
                a[3 + i] = (short) i;
            }
            var b = untouched(7 + ALL + 1);
            format.widen(kernels, a, 3, b, 7, ALL);
            for (int i = 0; i < ALL; i++) {
                assertSame(b[7 + i], (float) format.value(i), format + " bits", i);
            }
            assertThat(b[6]).isEqualTo(UNTOUCHED);
            assertThat(b[7 + ALL]).isEqualTo(UNTOUCHED);
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void whatIsWidenedNarrowsBack(Kernels kernels) {
        for (var format : Format.values()) {
            var wide = new float[ALL];
            for (int i = 0; i < ALL; i++) {
                wide[i] = (float) format.value(i);
            }
            var back = new short[ALL];
            format.narrow(kernels, wide, 0, back, 0, ALL);
            for (int i = 0; i < ALL; i++) {
                var expected = Float.isNaN(wide[i]) ? format.nan : (short) i;
                assertThat(back[i]).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void notANumberBecomesTheOneCanonicalPattern(Kernels kernels) {
        for (var format : Format.values()) {
            for (int bits : new int[] {0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, -1}) {
                var a = new float[40];
                a[3] = a[37] = Float.intBitsToFloat(bits);
                var expected = new short[40];
                expected[3] = expected[37] = format.nan;
                var b = new short[40];
                format.narrow(kernels, a, 0, b, 0, 40);
                assertThat(b).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1} floats, seed 1")
    @MethodSource(CASES)
    void narrowingRoundsToNearestAndTiesToEven(Kernels kernels, int n) {
        var random = new SplittableRandom(1);
        for (int round = 0; round < 50; round++) {
            var a = new float[3 + n];
            for (int i = 3; i < a.length; i++) {
                a[i] = anyFloat(random);
            }
            for (var format : Format.values()) {
                var b = new short[1 + n + 1];
                format.narrow(kernels, a, 3, b, 1, n);
                for (int i = 0; i < n; i++) {
                    checkNearest(format, a[3 + i], b[1 + i]);
                }
                assertThat(b[0]).isZero();
                assertThat(b[1 + n]).isZero();
            }
        }
    }

    /** A quarter each: ties of bfloat16, ties of float16, float16's range, any bits but NaN. */
    private static float anyFloat(SplittableRandom random) {
        var bits = random.nextInt();
        var anySign = bits & 0x80000000;
        return Float.intBitsToFloat(
                switch (random.nextInt(4)) {
                    case 0 -> finite(bits) & 0xffff0000 | 0x8000;
                    case 1 -> anySign | (102 + random.nextInt(43)) << 23 | bits & 0x7fe000 | 0x1000;
                    case 2 -> anySign | (100 + random.nextInt(45)) << 23 | bits & 0x7fffff;
                    default -> finite(bits);
                });
    }

    /** Out of the exponents of infinity and NaN, into the one below. */
    private static int finite(int bits) {
        return (bits & 0x7f800000) == 0x7f800000 ? bits & ~0x800000 : bits;
    }

    private static void checkNearest(Format format, float x, short got) {
        var message = "%s of %s: %x".formatted(format, x, got);
        assertThat(got < 0).as(message).isEqualTo(Float.floatToRawIntBits(x) < 0);
        var magnitude = Math.abs((double) x);
        var bits = got & 0x7fff;
        assertThat(bits).as(message).isLessThanOrEqualTo(format.infinity);
        var error = Math.abs(magnitude - format.unbounded(bits));
        if (bits > 0) {
            checkFurther(format, magnitude, bits, error, bits - 1, message);
        }
        if (bits < format.infinity) { // infinity takes all that is beyond
            checkFurther(format, magnitude, bits, error, bits + 1, message);
        }
    }

    private static void checkFurther(
            Format format, double magnitude, int bits, double error, int other, String message) {
        var otherError = Math.abs(magnitude - format.unbounded(other));
        assertThat(error).as(message).isLessThanOrEqualTo(otherError);
        if (error == otherError) {
            assertThat(bits & 1).as(message).isZero();
        }
    }
}
