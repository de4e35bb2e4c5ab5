package io.github.subquad.tornado;

import io.github.subquad.BackendException;
import io.github.subquad.RoofProbe.Work;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

/** Copies and sums of long arrays on a device: ones, copied over zeros, then added up. */
final class RoofMemory implements AutoCloseable {
    private static final int VECTOR_BYTES = 4 * Float.BYTES;
    private static final int HEADER_BYTES = 64;

    /** Work-items of a group on a GPU. */
    private static final int GPU_GROUP = 256;

    /** Vectors of a work-item on a GPU, and on a processor, where work-items cost more. */
    private static final int EACH_OF_GPU = 64;

    private static final int EACH_OF_CORE = 1 << 14;

    private final DeviceTraits device;
    private final FloatArray sums;
    private final long numbers;
    private final TaskPlan tasks;
    private boolean copied;

    /**
     * Brings nothing to the device yet.
     *
     * @param mostBytes of each of two arrays; less is taken where the device has no room
     */
    RoofMemory(DeviceTraits device, long mostBytes) {
        this.device = device;
        boolean lanes = device.isProcessor();
        int each = lanes ? EACH_OF_CORE : EACH_OF_GPU;
        int items = items(Math.min(mostBytes, room(device)) / VECTOR_BYTES / each);
        int group = lanes ? 1 : (int) Math.min(GPU_GROUP, device.groupSize());
        int apart = lanes ? each : 1;
        int step = lanes ? 1 : items;
        int size = 4 * items * each;
        numbers = size;
        var ones = new FloatArray(size);
        ones.init(1);
        var from = new VectorFloat4(ones);
        var to = new VectorFloat4(new FloatArray(size));
        sums = new FloatArray(items);
        var builder = new TaskPlan.Builder(device);
        builder.graph("copy")
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, from, to)
                .task("copyVectors", RoofKernels::copyVectors, from, to, items, each, apart, step)
                .persistOnDevice(from, to);
        builder.grid("copyVectors", items, group, 1, 1);
        builder.graph("read")
                .consumeFromDevice(from, to)
                .task("sumVectors", RoofKernels::sumVectors, to, sums, items, each, apart, step)
                .persistOnDevice(from, to)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, sums);
        builder.grid("sumVectors", items, group, 1, 1);
        tasks = builder.build();
        tasks.profile(true);
    }

    /** Bytes that one of the arrays may take. */
    private static long room(DeviceTraits device) {
        return Math.min(device.largestBuffer(), DeviceCatalog.memoryLimit(device) / 4)
                - HEADER_BYTES;
    }

    private static int items(long most) {
        return Math.toIntExact(Math.max(1, most));
    }

    Work copy() {
        long nanos = tasks.run("copy").kernel();
        copied = true;
        return new Work(2.0 * numbers * Float.BYTES, nanos);
    }

    Work read() {
        if (!copied) {
            copy();
        }
        long nanos = tasks.run("read").kernel();
        double sum = 0;
        for (int i = 0; i < sums.getSize(); i++) {
            sum += sums.get(i);
        }
        if (sum != numbers) {
            throw new BackendException(
                    device.address(),
                    "the sum of %d ones that were copied is %s".formatted(numbers, sum),
                    "please report this");
        }
        return new Work((double) numbers * Float.BYTES, nanos);
    }

    @Override
    public void close() {
        tasks.close();
    }
}
