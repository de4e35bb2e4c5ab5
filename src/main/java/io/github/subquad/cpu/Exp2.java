package io.github.subquad.cpu;

/**
 * 2^x in float32 for x ≤ 127: the constants that every implementation shares, and the plain form.
 *
 * <p>Adding {@link #MAGIC} rounds x to an integer i and leaves i + 127 in the low bits of the sum:
 * shifted up by 23 they are the float 2^i. What is left, f = x − i in [−½, ½], goes into a
 * polynomial of degree 5, minimax for 2^f with its constant term held at 1: 9.1e-8 at most before
 * rounding, 1.7e-7 with it. The last step is a product, not an addition to the exponent's bits: NaN
 * survives a product whatever its payload.
 */
final class Exp2 {

    /** 1.5 · 2^23, where floats are whole numbers apart, plus the exponent's bias. */
    static final float MAGIC = 0x1.8p23f + 127;

    /** The least exponent with a normal result; below it the result is 0. */
    static final float LOWEST = -126f;

    static final float C1 = 6.931470036506653E-1f;
    static final float C2 = 2.4022242426872253E-1f;
    static final float C3 = 5.550733581185341E-2f;
    static final float C4 = 9.671512991189957E-3f;
    static final float C5 = 1.326472731307149E-3f;

    private Exp2() {}

    /** 2^x; 0 for x &lt; −126; NaN for NaN; meaningless for x above 127. */
    static float of(float x) {
        if (x < LOWEST) {
            return 0;
        }
        var t = x + MAGIC;
        var f = x - (t - MAGIC);
        var p = ((((C5 * f + C4) * f + C3) * f + C2) * f + C1) * f + 1;
        return p * Float.intBitsToFloat(Float.floatToRawIntBits(t) << 23);
    }
}
