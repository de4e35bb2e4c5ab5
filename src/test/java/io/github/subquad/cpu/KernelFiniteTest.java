package io.github.subquad.cpu;

import static io.github.subquad.cpu.KernelCases.gauss;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("lanes")
class KernelFiniteTest {

    private static final String CASES = "io.github.subquad.cpu.KernelCases#kernelsAndSize";

    @ParameterizedTest(name = "{0}, {1} floats, seed 1")
    @MethodSource(CASES)
    void oneFloatThatIsNotFiniteIsFoundAnywhere(Kernels kernels, int n) {
        var from = 5;
        var a = gauss(from + n + 5, 1, 1e30);
        a[from] = 3.4e38f;
        a[from + n - 1] = -Float.MAX_VALUE;
        a[from - 1] = Float.NaN;
        a[from + n] = Float.POSITIVE_INFINITY;
        assertThat(kernels.allFinite(a, from, n)).isTrue();
        assertThat(kernels.allFinite(a, from, 0)).isTrue();
        for (int bits : new int[] {0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001}) {
            for (int i = from; i < from + n; i++) {
                var kept = a[i];
                a[i] = Float.intBitsToFloat(bits);
                assertThat(kernels.allFinite(a, from, n)).isFalse();
                a[i] = kept;
            }
        }
    }
}
