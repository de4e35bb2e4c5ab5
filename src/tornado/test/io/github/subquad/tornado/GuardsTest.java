package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.subquad.AttentionShape;
import io.github.subquad.BackendException;
import io.github.subquad.Merge;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;

import java.lang.reflect.Modifier;
import java.util.List;

/** What TornadoVM or a driver does in silence ends in an exception, or cannot happen. */
@Tag("device")
class GuardsTest {
    private static final int SIZE = 30;

    private final DeviceTraits device = DeviceCatalog.devices().getFirst();
    private final FloatArray in = new FloatArray(SIZE);
    private final FloatArray out = new FloatArray(SIZE);

    @BeforeEach
    void count() {
        for (int i = 0; i < SIZE; i++) {
            in.set(i, i);
        }
    }

    static void doubleNumbers(FloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < SIZE; i++) {
            out.set(i, in.get(i) * 2);
        }
    }

    static void doubleHalves(HalfFloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < SIZE; i++) {
            HalfFloat number = in.get(i);
            out.set(i, HalfFloat.add(number, number).getFloat32());
        }
    }

    static void expOfDifferences(FloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < SIZE; i++) {
            out.set(i, TornadoMath.exp(in.get(i) - 1));
        }
    }

    private TaskPlan doubling(int group) {
        var builder = new TaskPlan.Builder(device);
        builder.graph("numbers")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, in)
                .task("doubleNumbers", GuardsTest::doubleNumbers, in, out)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        return builder.grid("doubleNumbers", SIZE, group, 1, 1).build();
    }

    @Test
    void aGridThatItsGroupDoesNotDivideIsRoundedUp() {
        try (TaskPlan plan = doubling(7)) {
            plan.run("numbers");
            assertThat(List.of(out.get(0), out.get(1), out.get(29))).containsExactly(0f, 2f, 58f);
        }
    }

    /** TornadoVM would run one work-item, or groups that leave cores idle. */
    @Test
    void aTaskWithoutAGridIsRefused() {
        var builder = new TaskPlan.Builder(device);
        builder.graph("numbers")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, in)
                .task("doubleNumbers", GuardsTest::doubleNumbers, in, out)
                .task("expOfDifferences", GuardsTest::expOfDifferences, out, in)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        try (TaskPlan plan = builder.grid("expOfDifferences", SIZE, 1, 1, 1).build()) {
            assertThatThrownBy(() -> plan.run("numbers"))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("numbers.doubleNumbers was launched without a grid");
        }
    }

    /**
     * A kernel named as a function of OpenCL's own crashes the Java machine; none has two words.
     */
    @ParameterizedTest
    @ValueSource(
            classes = {
                PlainStages.class,
                TiledScores.class,
                TiledStages.class,
                ChunkMerge.class,
                KeyLayout.class,
                FusedRows.class,
                FusedTiles.class,
                RoofKernels.class
            })
    void kernelsHaveNamesThatOpenClDoesNotHave(Class<?> kernels) {
        assertThat(kernels.getDeclaredMethods())
                .filteredOn(method -> method.getReturnType() == void.class)
                .filteredOn(method -> !Modifier.isPrivate(method.getModifiers()))
                .isNotEmpty()
                .extracting("name")
                .allMatch(name -> name.toString().matches("[a-z]+[A-Z]\\w+"));
    }

    @Test
    void localMemoryThatIsNotThereIsRefused() {
        var small =
                new DeviceTraits(
                        device.backend(),
                        device.index(),
                        device.driver(),
                        device.name(),
                        device.platform(),
                        device.type(),
                        device.memoryBytes(),
                        device.largestBuffer(),
                        16 << 10,
                        device.units(),
                        device.groupSize(),
                        device.hasHalf(),
                        device.hasDouble());
        var layout =
                new Layout(
                        AttentionShape.of(1, 64, 64, 64),
                        KernelStep.FUSED_TILES,
                        Merge.DEVICE,
                        Pass.FORWARD,
                        1,
                        64,
                        64,
                        64);
        assertThatThrownBy(() -> new FusedProgram(small, layout.capacity(false)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("wants 38400 bytes of local memory, the device has 16384");
    }

    @Test
    void aGroupLargerThanTheDeviceTakesIsRefused() {
        int group = Math.toIntExact(device.groupSize()) + 1;
        assertThatThrownBy(() -> doubling(group))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("doubleNumbers wants groups of " + group);
    }

    /** TornadoVM would run it in Java and report success. */
    @Test
    void aKernelThatDoesNotCompileFailsAndRunsNowhere() {
        assumeTrue(!device.hasHalf(), "needs a device without float16");
        var halves = new HalfFloatArray(SIZE);
        var builder = new TaskPlan.Builder(device);
        builder.graph("halves")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, halves)
                .task("doubleHalves", GuardsTest::doubleHalves, halves, out)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        builder.grid("doubleHalves", SIZE, 1, 1, 1);
        out.set(3, 42);
        try (TaskPlan plan = builder.build()) {
            assertThatThrownBy(() -> plan.run("halves"))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining(device.address())
                    .hasMessageContaining("halves failed")
                    .message()
                    .doesNotContain("\u001B");
        }
        assertThat(out.get(3)).isEqualTo(42);
    }

    @Test
    void theCompilersFlagsKeepInfinityAndNan() {
        in.set(0, Float.NEGATIVE_INFINITY);
        in.set(1, Float.NaN);
        var builder = new TaskPlan.Builder(device);
        builder.graph("exp")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, in)
                .task("expOfDifferences", GuardsTest::expOfDifferences, in, out)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        try (TaskPlan plan = builder.grid("expOfDifferences", SIZE, 1, 1, 1).build()) {
            plan.run("exp");
        }
        assertThat(out.get(0)).isZero();
        assertThat(out.get(1)).isNaN();
    }

    @Test
    void everyLaunchLeavesTimeInTheProfile() {
        try (TaskPlan plan = doubling(1)) {
            assertThat(plan.run("numbers").kernel()).as("first").isPositive();
            assertThat(plan.run("numbers").kernel()).as("not listened to").isZero();
            plan.profile(true);
            assertThat(plan.run("numbers").kernel()).as("listened to").isPositive();
        }
    }
}
