package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.BackendException;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Kernel;
import io.github.subquad.bench.Gaussians;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/** Calls larger than the memory of a device, and sessions that come and go. */
@Tag("device")
class MemoryTest {
    private static final AttentionOptions OPTIONS =
            AttentionOptions.builder().backend("tornado").build();

    /** Keys, transposed keys and values of a single head take 3 MiB. */
    @Test
    void whatIsLargerThanTheDeviceStreamsThroughIt() throws Exception {
        for (String kernel : List.of("staged", "fused")) {
            var plan = small("3MB", "plan", "2,512,4096,64", kernel);
            assertThat(plan.out()).contains("split every");
            var run = small("3MB", "verify", "2,512,4096,64", kernel);
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).as(kernel).containsPattern("verdict +ok");
        }
    }

    /** The mask's tile has room for fewer rows of the first slab of keys than of the last. */
    @Test
    void slabsOfKeysUnderAMaskAgreeOnTheirRows() {
        var problem = new Problem(AttentionShape.of(8, 600, 2100, 16));
        var mask = Tensor.allocate(DataType.F32, 8, 600, 2100);
        Gaussians.fill(mask, 7);
        for (Kernel kernel : List.of(Kernel.STAGED, Kernel.FUSED)) {
            var options = OPTIONS.toBuilder().kernel(kernel).kvChunkSize(2048).build();
            try (Attention attention = Attention.open(options)) {
                assertThat(problem.judge(attention, mask)).matches(Verdict::ok);
            }
        }
    }

    @Test
    void aDeviceThatIsTooSmallSaysSo() throws Exception {
        var run = small("64KB", "verify", "2,512,4096,64", "fused");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .matches("subquad: tornado:0:0: this shape needs at least .* on the device, .*\n");
    }

    private static DeviceProcess small(String memory, String command, String shape, String kernel)
            throws Exception {
        return DeviceProcess.subquad(
                Map.of(),
                List.of("-Dtornado.device.memory=" + memory),
                command,
                "--shape",
                shape,
                "--backend",
                "tornado",
                "--kernel",
                kernel);
    }

    /** Each session's plan fits the device, most of it for the mask; together they do not. */
    @Test
    void aFullDeviceIsFreedAndTheCallGoesOnInSmallerChunks() throws Exception {
        var run =
                DeviceProcess.run(
                        Map.of(),
                        List.of("-Dtornado.device.memory=24MB"),
                        CrowdedDevice.class.getName());
        assertThat(run.out()).isEqualTo("true true\n");
        assertThat(run.err()).contains("going on with smaller chunks");
        assertThat(run.status()).isZero();
    }

    @Test
    void thePlanCountsTheBuffersOfTheDeviceAndOfTheHost() {
        for (Kernel kernel : List.of(Kernel.STAGED, Kernel.FUSED)) {
            try (var attention = Attention.open(OPTIONS.toBuilder().kernel(kernel).build())) {
                ChunkPlan plan = attention.plan(AttentionShape.of(2, 100, 1000, 64));
                long keys = 4L * 2 * 1024 * 64;
                assertThat(plan.buffers())
                        .filteredOn(buffer -> buffer.purpose().equals("keys, device"))
                        .singleElement()
                        .satisfies(buffer -> assertThat(buffer.bytes()).isBetween(keys, keys + 64));
                assertThat(plan.buffers())
                        .extracting(ChunkPlan.Buffer::purpose)
                        .contains("keys, host", "values, device", "mask tile, device");
            }
        }
    }

    @Test
    void aSessionThatWasClosedComputesNoMore() {
        Attention attention = Attention.open(OPTIONS);
        var problem = new Problem(AttentionShape.of(1, 64, 64, 8));
        problem.attend(attention);
        attention.close();
        assertThatThrownBy(() -> problem.attend(attention))
                .isInstanceOf(IllegalStateException.class)
                .isNotInstanceOf(BackendException.class);
    }

    /**
     * More shapes than programs are kept, so that each call closes one and compiles one. A driver
     * keeps about a megabyte of each compilation; arrays left behind would take ten times as much.
     */
    @Test
    void callsOfMixedShapesHoldNoMoreAndMore() throws Exception {
        var run = DeviceProcess.run(Map.of(), List.of("-Xmx512m"), Endurance.class.getName(), "90");
        assertThat(run.err()).isEmpty();
        String figures = run.out().strip();
        long afterThird = Long.parseLong(figures.substring(0, figures.indexOf(' ')));
        long atEnd = Long.parseLong(figures.substring(figures.indexOf(' ') + 1));
        assertThat(atEnd).as("resident bytes").isLessThan(afterThird + (250L << 20));
    }
}
