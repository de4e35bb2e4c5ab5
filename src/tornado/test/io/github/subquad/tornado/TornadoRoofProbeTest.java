package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.Backends;
import io.github.subquad.Device;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The probe checks its own results each time; here, what it counts and that it may be repeated. */
@Tag("device")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TornadoRoofProbeTest {
    private static final int BYTES = 4 << 20;

    private final DeviceTraits traits = DeviceCatalog.devices().getFirst();
    private TornadoRoofProbe probe;

    @BeforeAll
    void open() {
        Device device =
                Backends.available().stream()
                        .filter(d -> d.address().equals(traits.address()))
                        .findFirst()
                        .orElseThrow();
        probe = new TornadoRoofProbe(device, traits, BYTES);
    }

    @AfterAll
    void close() {
        probe.close();
    }

    @Test
    void chainsAreRunAndRight() {
        double first = probe.multiplyAdd().amount();
        assertThat(probe.multiplyAdd().amount()).as("steps are found once").isEqualTo(first);
        int chains = traits.isProcessor() ? RoofKernels.LANE_CHAINS : RoofKernels.SCALAR_CHAINS;
        assertThat(first % (2.0 * chains * traits.units())).isZero();
    }

    @Test
    void theCopyIsWhatIsRead() {
        assertThat(probe.read().amount()).isEqualTo(BYTES);
        for (int i = 0; i < 3; i++) {
            assertThat(probe.copy().amount()).isEqualTo(2 * BYTES);
            assertThat(probe.read().perNano()).isPositive().isFinite();
        }
    }

    @Test
    void aRoundTripIsRunAgainAndAgain() {
        for (int i = 0; i < 3; i++) {
            assertThat(probe.roundTrip().amount()).isEqualTo(1);
        }
    }

    /** Which has its results checked as the other form has. */
    @Test
    void theFormForGpusIsRightOnEveryDevice() {
        var asGpu =
                new DeviceTraits(
                        traits.backend(),
                        traits.index(),
                        traits.driver(),
                        traits.name(),
                        traits.platform(),
                        TornadoDeviceType.GPU,
                        traits.memoryBytes(),
                        traits.largestBuffer(),
                        traits.localBytes(),
                        traits.units(),
                        traits.groupSize(),
                        traits.hasHalf(),
                        traits.hasDouble());
        try (var gpu = new TornadoRoofProbe(probe.device(), asGpu, BYTES)) {
            assertThat(gpu.multiplyAdd().amount() % (2.0 * RoofKernels.SCALAR_CHAINS)).isZero();
            assertThat(gpu.copy().amount()).isEqualTo(2 * BYTES);
            assertThat(gpu.read().amount()).isEqualTo(BYTES);
        }
    }

    @Test
    void aDeviceWithLittleRoomIsProbedWithShorterArrays() {
        var small =
                new DeviceTraits(
                        traits.backend(),
                        traits.index(),
                        traits.driver(),
                        traits.name(),
                        traits.platform(),
                        traits.type(),
                        traits.memoryBytes(),
                        BYTES / 2 + 64,
                        traits.localBytes(),
                        traits.units(),
                        traits.groupSize(),
                        traits.hasHalf(),
                        traits.hasDouble());
        try (var shorter = new TornadoRoofProbe(probe.device(), small, BYTES)) {
            assertThat(shorter.read().amount()).isEqualTo(BYTES / 2);
        }
    }

    @Test
    void chainsComputeTheSameInJava() {
        var factors = FloatArray.fromElements(0.75f, 0.5f);
        var steps = IntArray.fromElements(5);
        var sum = new FloatArray(1);
        float chain = 0;
        for (int step = 0; step < 5; step++) {
            chain = chain * 0.75f + 0.5f;
        }
        RoofKernels.scalarChains(factors, steps, sum);
        assertThat(sum.get(0)).isEqualTo(RoofKernels.SCALAR_CHAINS * chain);
        RoofKernels.laneChains(factors, steps, sum);
        assertThat(sum.get(0) / RoofKernels.LANE_CHAINS)
                .isBetween(chain * 0.9999f, chain * 1.0001f);
    }
}
