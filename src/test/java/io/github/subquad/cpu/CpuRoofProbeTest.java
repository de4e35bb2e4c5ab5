package io.github.subquad.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.AttentionOptions;
import io.github.subquad.Backends;
import io.github.subquad.RoofProbe;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.stream.Stream;

/** That the probe does the work it tells of, at every lane width and on plain loops. */
@Tag("lanes")
class CpuRoofProbeTest {
    private static final int BUFFER = 4 << 20;

    static Stream<Named<RoofLoops>> loops() {
        return KernelCases.kernels()
                .map(kernels -> Named.of(kernels.getName(), RoofLoops.like(kernels.getPayload())));
    }

    private static CpuRoofProbe probe(RoofLoops loops, int threads) {
        return new CpuRoofProbe(new CpuBackend().devices().getFirst(), threads, loops, BUFFER);
    }

    @ParameterizedTest
    @MethodSource("loops")
    void everyChainTakesEveryStep(RoofLoops loops) {
        double chain = 0;
        for (int step = 0; step < 48; step++) {
            chain = chain * 0.75 + 0.5;
        }
        assertThat(loops.multiplyAdd(48, 0.75f, 0.5f) / loops.chains())
                .isBetween((float) chain - 1e-5f, (float) chain + 1e-5f);
        assertThat(loops.multiplyAdd(48, 1, 1)).isEqualTo(48f * loops.chains());
    }

    @ParameterizedTest
    @MethodSource("loops")
    void theSumHasEveryNumberOfItsPartOnce(RoofLoops loops) {
        int count = 1024; // numbers up to it, their sum exact in float32
        try (Arena arena = Arena.ofConfined()) {
            var numbers = arena.allocate(3L * count * Float.BYTES, 64);
            for (int i = 0; i < 3 * count; i++) {
                boolean inside = i >= count && i < 2 * count;
                numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, inside ? i - count + 1 : Float.NaN);
            }
            assertThat(loops.sum(numbers, 4L * count, 4L * count))
                    .isEqualTo(count * (count + 1) / 2f);
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void theCopyReachesEveryByte(RoofLoops loops) {
        try (var probe = probe(loops, 2)) {
            var before = new DoubleAdder();
            probe.sum(before);
            assertThat(before.sum()).isEqualTo(BUFFER / 4 / 2);
            probe.copy();
            var after = new DoubleAdder();
            probe.sum(after);
            assertThat(after.sum()).isEqualTo(BUFFER / 4);
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void workIsCountedAsItIsDone(RoofLoops loops) {
        try (var probe = probe(loops, 3)) {
            assertThat(probe.threads()).isEqualTo(3);
            assertThat(probe.copy().amount()).isEqualTo(BUFFER);
            assertThat(probe.read().amount()).isEqualTo(BUFFER);
            assertThat(probe.roundTrip().amount()).isEqualTo(1);
            assertThat(probe.multiplyAdd().amount())
                    .isEqualTo(2.0 * 3 * 200 * loops.steps() * loops.chains());
        }
    }

    @Test
    void theBackendHasAProbeForTheThreadsOfTheOptions() {
        var options = AttentionOptions.builder().backend("cpu").threads(1).build();
        try (RoofProbe probe = Backends.roofProbe(options)) {
            assertThat(probe.device().address()).isEqualTo("cpu:0");
            assertThat(probe.threads()).isEqualTo(1);
            assertThat(probe.multiplyAdd().perNano()).isPositive().isFinite();
        }
    }

    @Test
    void anInterruptEndsIt() {
        try (var probe = probe(new ScalarRoofLoops(), 2)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(probe::multiplyAdd).isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
