package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;
import uk.ac.manchester.tornado.api.types.vectors.Float8;

/**
 * Registers of four and eight lanes over arrays of Float4. Lanes are taken by {@code get(lane)},
 * which is one node of the compiler's graph where {@code getS0()} is a call to be inlined:
 * TornadoVM stops inlining in a graph of 20,000 nodes, and a kernel whose helpers are calls does
 * not compile.
 */
final class DeviceLanes {

    private DeviceLanes() {}

    static Float4 zero4() {
        return new Float4(0f, 0f, 0f, 0f);
    }

    /** Lane by lane, as {@link #fma(Float8, Float8, float)}. */
    static Float4 fma(Float4 sum, Float4 a, float b) {
        return new Float4(
                sum.get(0) + a.get(0) * b,
                sum.get(1) + a.get(1) * b,
                sum.get(2) + a.get(2) * b,
                sum.get(3) + a.get(3) * b);
    }

    static float sum(Float4 x) {
        return (x.get(0) + x.get(1)) + (x.get(2) + x.get(3));
    }

    static float greatest(Float4 x) {
        return TornadoMath.max(
                TornadoMath.max(x.get(0), x.get(1)), TornadoMath.max(x.get(2), x.get(3)));
    }

    /** A score with its bias; one that is hidden by −∞ is not looked at, for it may be NaN. */
    static float biased(float score, float bias) {
        return bias == Float.NEGATIVE_INFINITY ? bias : score + bias;
    }

    /**
     * Four of them, each in a local of its own: a choice inside the constructor's list does not
     * compile.
     */
    static Float4 biased(Float4 s, float b0, float b1, float b2, float b3) {
        float s0 = biased(s.get(0), b0);
        float s1 = biased(s.get(1), b1);
        float s2 = biased(s.get(2), b2);
        float s3 = biased(s.get(3), b3);
        return new Float4(s0, s1, s2, s3);
    }

    /**
     * What to subtract before the exponential: a row that has seen nothing has −∞ for its maximum.
     */
    static float finite(float max) {
        return max == Float.NEGATIVE_INFINITY ? 0f : max;
    }

    /** What is not NaN or infinite, 0 in its place. */
    static Float4 finiteOrZero(Float4 x) {
        float x0 = finiteOrZero(x.get(0));
        float x1 = finiteOrZero(x.get(1));
        float x2 = finiteOrZero(x.get(2));
        float x3 = finiteOrZero(x.get(3));
        return new Float4(x0, x1, x2, x3);
    }

    private static float finiteOrZero(float x) {
        return x * 0f == 0f ? x : 0f;
    }

    /** exp(s − max) by the library: on a GPU it is an instruction and a product. */
    static Float4 weights(Float4 s, float max) {
        return new Float4(
                TornadoMath.exp(s.get(0) - max),
                TornadoMath.exp(s.get(1) - max),
                TornadoMath.exp(s.get(2) - max),
                TornadoMath.exp(s.get(3) - max));
    }

    static Float8 zero() {
        return new Float8(0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f);
    }

    /**
     * Lane by lane, for only scalar products and sums are fused; the driver puts the lanes together
     * again.
     */
    static Float8 fma(Float8 sum, Float8 a, float b) {
        return new Float8(
                sum.get(0) + a.get(0) * b,
                sum.get(1) + a.get(1) * b,
                sum.get(2) + a.get(2) * b,
                sum.get(3) + a.get(3) * b,
                sum.get(4) + a.get(4) * b,
                sum.get(5) + a.get(5) * b,
                sum.get(6) + a.get(6) * b,
                sum.get(7) + a.get(7) * b);
    }

    /**
     * Two vectors of four as one of eight. The zero keeps the driver from taking the lanes apart at
     * once.
     */
    static Float8 eight(VectorFloat4 a, int at) {
        Float4 lo = a.get(at);
        Float4 hi = a.get(at + 1);
        return Float8.add(
                new Float8(
                        lo.get(0), lo.get(1), lo.get(2), lo.get(3), hi.get(0), hi.get(1), hi.get(2),
                        hi.get(3)),
                zero());
    }

    static void put(float[] a, int at, Float8 x) {
        a[at] = x.get(0);
        a[at + 1] = x.get(1);
        a[at + 2] = x.get(2);
        a[at + 3] = x.get(3);
        a[at + 4] = x.get(4);
        a[at + 5] = x.get(5);
        a[at + 6] = x.get(6);
        a[at + 7] = x.get(7);
    }

    /** a[at, at + 1] = a · shrink + x. */
    static void join(VectorFloat4 a, int at, Float8 x, float shrink) {
        join4(a, at, new Float4(x.get(0), x.get(1), x.get(2), x.get(3)), shrink);
        join4(a, at + 1, new Float4(x.get(4), x.get(5), x.get(6), x.get(7)), shrink);
    }

    static void join4(VectorFloat4 a, int at, Float4 x, float shrink) {
        a.set(at, Float4.add(x, Float4.mult(a.get(at), shrink)));
    }
}
