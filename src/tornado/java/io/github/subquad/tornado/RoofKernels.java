package io.github.subquad.tornado;

import static io.github.subquad.tornado.DeviceLanes.zero;
import static io.github.subquad.tornado.DeviceLanes.zero4;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;
import uk.ac.manchester.tornado.api.types.vectors.Float8;

/**
 * What a device does at most: multiply-adds in registers, copies and sums of long arrays. Factors
 * and numbers of steps come from arrays, so that no compiler knows the result beforehand.
 */
final class RoofKernels {
    /** Chains of a work-item of {@link #scalarChains}. */
    static final int SCALAR_CHAINS = 16;

    /** Chains of a work-item of {@link #laneChains}: twelve registers of eight lanes. */
    static final int LANE_CHAINS = 12 * 8;

    private RoofKernels() {}

    /**
     * For GPUs, whose lanes are work-items: each chain begins with 0 and becomes chain·x + y, again
     * and again. Grid: work-items; result is the sum of each one's chains.
     *
     * @param factors x and y
     * @param steps multiply-adds of a chain
     */
    static void scalarChains(FloatArray factors, IntArray steps, FloatArray result) {
        for (@Parallel int i = 0; i < result.getSize(); i++) {
            float x = factors.get(0);
            float y = factors.get(1);
            int count = steps.get(0);
            float c0 = 0f, c1 = 0f, c2 = 0f, c3 = 0f, c4 = 0f, c5 = 0f, c6 = 0f, c7 = 0f;
            float d0 = 0f, d1 = 0f, d2 = 0f, d3 = 0f, d4 = 0f, d5 = 0f, d6 = 0f, d7 = 0f;
            for (int step = 0; step < count; step++) {
                c0 = c0 * x + y;
                c1 = c1 * x + y;
                c2 = c2 * x + y;
                c3 = c3 * x + y;
                c4 = c4 * x + y;
                c5 = c5 * x + y;
                c6 = c6 * x + y;
                c7 = c7 * x + y;
                d0 = d0 * x + y;
                d1 = d1 * x + y;
                d2 = d2 * x + y;
                d3 = d3 * x + y;
                d4 = d4 * x + y;
                d5 = d5 * x + y;
                d6 = d6 * x + y;
                d7 = d7 * x + y;
            }
            float c = ((c0 + c1) + (c2 + c3)) + ((c4 + c5) + (c6 + c7));
            float d = ((d0 + d1) + (d2 + d3)) + ((d4 + d5) + (d6 + d7));
            result.set(i, c + d);
        }
    }

    /** The same for processors, in vectors whose lanes are fused one by one. */
    static void laneChains(FloatArray factors, IntArray steps, FloatArray result) {
        for (@Parallel int i = 0; i < result.getSize(); i++) {
            float x = factors.get(0);
            float y = factors.get(1);
            int count = steps.get(0);
            Float8 c0 = zero(), c1 = zero(), c2 = zero(), c3 = zero(), c4 = zero(), c5 = zero();
            Float8 d0 = zero(), d1 = zero(), d2 = zero(), d3 = zero(), d4 = zero(), d5 = zero();
            for (int step = 0; step < count; step++) {
                c0 = advance(c0, x, y);
                c1 = advance(c1, x, y);
                c2 = advance(c2, x, y);
                c3 = advance(c3, x, y);
                c4 = advance(c4, x, y);
                c5 = advance(c5, x, y);
                d0 = advance(d0, x, y);
                d1 = advance(d1, x, y);
                d2 = advance(d2, x, y);
                d3 = advance(d3, x, y);
                d4 = advance(d4, x, y);
                d5 = advance(d5, x, y);
            }
            float c = total(c0) + total(c1) + total(c2) + total(c3) + total(c4) + total(c5);
            float d = total(d0) + total(d1) + total(d2) + total(d3) + total(d4) + total(d5);
            result.set(i, c + d);
        }
    }

    private static Float8 advance(Float8 c, float x, float y) {
        return new Float8(
                c.get(0) * x + y,
                c.get(1) * x + y,
                c.get(2) * x + y,
                c.get(3) * x + y,
                c.get(4) * x + y,
                c.get(5) * x + y,
                c.get(6) * x + y,
                c.get(7) * x + y);
    }

    private static float total(Float8 c) {
        return ((c.get(0) + c.get(1)) + (c.get(2) + c.get(3)))
                + ((c.get(4) + c.get(5)) + (c.get(6) + c.get(7)));
    }

    /**
     * to = from. Work-item i takes {@code each} vectors, the first at {@code i · apart} and the
     * next ones {@code step} further on: neighbouring work-items side by side on a GPU, each its
     * own stretch on a processor. Grid: work-items.
     */
    static void copyVectors(
            VectorFloat4 from, VectorFloat4 to, int items, int each, int apart, int step) {
        for (@Parallel int i = 0; i < items; i++) {
            for (int j = 0; j < each; j++) {
                int at = i * apart + j * step;
                to.set(at, from.get(at));
            }
        }
    }

    /**
     * Sums of what each work-item reads, in the order of {@link #copyVectors}; each a multiple of
     * 4.
     */
    static void sumVectors(
            VectorFloat4 from, FloatArray sums, int items, int each, int apart, int step) {
        for (@Parallel int i = 0; i < items; i++) {
            Float4 a = zero4(), b = zero4(), c = zero4(), d = zero4();
            for (int j = 0; j < each; j += 4) {
                int at = i * apart + j * step;
                a = Float4.add(a, from.get(at));
                b = Float4.add(b, from.get(at + step));
                c = Float4.add(c, from.get(at + 2 * step));
                d = Float4.add(d, from.get(at + 3 * step));
            }
            Float4 all = Float4.add(Float4.add(a, b), Float4.add(c, d));
            sums.set(i, DeviceLanes.sum(all));
        }
    }

    /** The least there is to do. Grid: 1. */
    static void addOne(FloatArray number) {
        for (@Parallel int i = 0; i < number.getSize(); i++) {
            number.set(i, number.get(i) + 1);
        }
    }
}
