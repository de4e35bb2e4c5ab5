package io.github.subquad.tornado;

import io.github.subquad.BackendException;
import io.github.subquad.RoofProbe.Work;

import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Multiply-adds in registers on a device, for about {@value #ENOUGH} nanoseconds: how many steps
 * that takes is found out by the first run.
 */
final class RoofChains implements AutoCloseable {
    private static final long ENOUGH = 10_000_000;

    /** A chain counts its steps in float32. */
    private static final int MOST_STEPS = 1 << 16;

    /** Work-items of a unit: enough to hide latency on a GPU, and to share out on a processor. */
    private static final int ITEMS_OF_GPU_UNIT = 2048;

    private static final int ITEMS_OF_CORE = 64;
    private static final int GPU_GROUP = 256;

    private final DeviceTraits device;
    private final int chains;
    private final FloatArray result;
    private final IntArray steps = new IntArray(1);
    private final TaskPlan tasks;

    RoofChains(DeviceTraits device) {
        this.device = device;
        boolean lanes = device.isProcessor();
        chains = lanes ? RoofKernels.LANE_CHAINS : RoofKernels.SCALAR_CHAINS;
        result =
                new FloatArray(
                        Math.max(1, device.units()) * (lanes ? ITEMS_OF_CORE : ITEMS_OF_GPU_UNIT));
        var factors = new FloatArray(2);
        factors.init(1);
        var builder = new TaskPlan.Builder(device);
        TaskGraph graph =
                builder.graph("chains")
                        .transferToDevice(DataTransferMode.EVERY_EXECUTION, factors, steps);
        if (lanes) {
            graph.task("laneChains", RoofKernels::laneChains, factors, steps, result);
            builder.grid("laneChains", result.getSize(), 1, 1, 1);
        } else {
            graph.task("scalarChains", RoofKernels::scalarChains, factors, steps, result);
            builder.grid(
                    "scalarChains",
                    result.getSize(),
                    (int) Math.min(GPU_GROUP, device.groupSize()),
                    1,
                    1);
        }
        graph.transferToHost(DataTransferMode.EVERY_EXECUTION, result);
        tasks = builder.build();
        tasks.profile(true);
    }

    Work run() {
        if (steps.get(0) == 0) {
            findSteps();
        }
        return runOnce();
    }

    /** From a few, four times as many each time. */
    private void findSteps() {
        int few = 256;
        steps.set(0, few);
        while (few < MOST_STEPS && runOnce().nanos() < ENOUGH / 2) {
            few *= 4;
            steps.set(0, few);
        }
    }

    private Work runOnce() {
        long nanos = tasks.run("chains").kernel();
        float expected = (float) steps.get(0) * chains;
        for (int i = 0; i < result.getSize(); i++) {
            if (result.get(i) != expected) {
                throw new BackendException(
                        device.address(),
                        "multiply-adds gave %s in work-item %d, expected %s"
                                .formatted(result.get(i), i, expected),
                        "please report this");
            }
        }
        return new Work(2.0 * expected * result.getSize(), nanos);
    }

    @Override
    public void close() {
        tasks.close();
    }
}
