package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.math.TornadoMath;

/**
 * 2^x for kernels, in plain arithmetic. Kernels cannot look at the bits of a float. A loop over a
 * private array becomes vector code, and is faster in the fused kernel than {@code
 * TornadoMath.exp}.
 */
final class DeviceExp2 {

    private static final float LOWEST = -120f;

    private DeviceExp2() {}

    /**
     * 2^x for x ≤ 0; 0 below −120; NaN for NaN. x = n + f with n whole and f in [−½, ½]: 2^f is the
     * polynomial of the CPU engine, and 2^n comes from whole numbers, n + 120 = 4a + b: 2^n =
     * (2^a)^4 · 2^b · 2^−120.
     */
    static float exp2(float x) {
        float y = x < LOWEST ? LOWEST : x;
        float n = TornadoMath.floor(y + 0.5f);
        float f = y - n;
        float p = 1.326472731307149E-3f * f + 9.671512991189957E-3f;
        p = p * f + 5.550733581185341E-2f;
        p = p * f + 2.4022242426872253E-1f;
        p = p * f + 6.931470036506653E-1f;
        p = p * f + 1f;
        int shift = (int) n + 120;
        float a = (float) (1 << (shift >> 2));
        float square = a * a * 0x1p-60f;
        float power = square * square * (float) (1 << (shift & 3));
        return x < LOWEST ? 0f : p * power;
    }
}
