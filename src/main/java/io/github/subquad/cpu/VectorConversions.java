package io.github.subquad.cpu;

import static io.github.subquad.cpu.Lanes.F;
import static io.github.subquad.cpu.Lanes.I;
import static io.github.subquad.cpu.Lanes.LENGTH;
import static io.github.subquad.cpu.Lanes.S;

import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.S2I;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * 16-bit formats to and from float32. The compiler vectorises the plain loops of float16 by itself;
 * the shifts of bfloat16 it does not, nor a loop that asks for NaN on its way.
 */
final class VectorConversions {

    private static final ScalarKernels PLAIN = new ScalarKernels();

    private VectorConversions() {}

    /** {@link Kernels#narrowHalf} for finite floats. */
    static void narrowFinite(float[] a, int ao, short[] b, int bo, int n) {
        for (int i = 0; i < n; i++) {
            b[bo + i] = Float.floatToFloat16(a[ao + i]);
        }
    }

    /** {@link Kernels#widenBfloat16}. */
    static void widenBfloat16(short[] a, int ao, float[] b, int bo, int n) {
        var i = 0;
        for (; i <= n - LENGTH; i += LENGTH) {
            var bits = (IntVector) ShortVector.fromArray(S, a, ao + i).convertShape(S2I, I, 0);
            bits.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(b, bo + i);
        }
        PLAIN.widenBfloat16(a, ao + i, b, bo + i, n - i);
    }

    /** {@link Kernels#narrowBfloat16}. */
    static void narrowBfloat16(float[] a, int ao, short[] b, int bo, int n) {
        var i = 0;
        for (; i <= n - LENGTH; i += LENGTH) {
            var x = FloatVector.fromArray(F, a, ao + i);
            var bits = x.reinterpretAsInts();
            var toEven = bits.lanewise(LSHR, 16).and(1).add(0x7fff);
            var high = bits.add(toEven).lanewise(LSHR, 16);
            high = high.blend(Kernels.BFLOAT16_NAN, x.compare(NE, x).cast(I));
            ((ShortVector) high.convertShape(I2S, S, 0)).intoArray(b, bo + i);
        }
        PLAIN.narrowBfloat16(a, ao + i, b, bo + i, n - i);
    }
}
