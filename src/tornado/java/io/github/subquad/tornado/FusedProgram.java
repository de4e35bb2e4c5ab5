package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.BackendException;
import io.github.subquad.CallTiming;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

/**
 * A fused step on the device: {@code load} brings keys and values, {@code attend} a chunk of
 * queries, attends it, and brings its rows back.
 */
final class FusedProgram extends ForwardProgram {
    private final TaskPlan tasks;

    FusedProgram(DeviceTraits device, Capacity capacity) {
        super(capacity);
        var builder = new TaskPlan.Builder(device);
        if (capacity.step() == KernelStep.FUSED_ROWS) {
            buildRows(builder);
        } else {
            buildTiles(builder, device);
        }
        tasks = builder.build();
    }

    private int keyHeads() {
        return (int) capacity.keyHeads();
    }

    private int heads() {
        return (int) capacity.heads();
    }

    private int queryCapacity() {
        return (int) capacity.queryCapacity();
    }

    private int keyCapacity() {
        return (int) capacity.keyCapacity();
    }

    private int d4() {
        return capacity.channels() / 4;
    }

    private int dv4() {
        return capacity.valueChannels() / 4;
    }

    /** {@link FusedRows}: the keys are turned when they are loaded. */
    private void buildRows(TaskPlan.Builder builder) {
        var keys = new VectorFloat4(key);
        var values = new VectorFloat4(value);
        var queries = new VectorFloat4(query);
        var rows = new VectorFloat4(output);
        var keyT = new VectorFloat4(array(key.getSize()));
        load(builder, keys, values)
                .transferToDevice(SCRATCH, keyT)
                .task(
                        "transposeKeys",
                        KeyLayout::transposeKeys,
                        keys,
                        keyT,
                        keyHeads(),
                        keyCapacity(),
                        d4())
                .persistOnDevice(keyT, values);
        builder.grid("transposeKeys", (long) keyHeads() * keyCapacity() / 4, 1, 1, 1);
        builder.graph("attend")
                .consumeFromDevice(keyT, values)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, queries, scale, mask)
                .task(
                        "fusedRows",
                        FusedRows::fusedRows,
                        queries,
                        keyT,
                        values,
                        mask,
                        rows,
                        logSumExp,
                        scale,
                        frame,
                        queryCapacity(),
                        heads(),
                        keyCapacity(),
                        d4(),
                        dv4(),
                        capacity.masked() ? 1 : 0)
                .persistOnDevice(keyT, values)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, rows, logSumExp);
        builder.grid("fusedRows", (long) heads() * queryCapacity() / FusedRows.ROWS, 1, 1, 1);
    }

    /** {@link FusedTiles}: a group of work-items takes a block of rows of a head. */
    private void buildTiles(TaskPlan.Builder builder, DeviceTraits device) {
        long local = FusedTiles.localBytes();
        if (local > device.localBytes()) {
            throw new BackendException(
                    device.address(),
                    "kernel fusedTiles wants %d bytes of local memory, the device has %d"
                            .formatted(local, device.localBytes()),
                    "take the staged kernel");
        }
        var keys = new VectorFloat4(key);
        var values = new VectorFloat4(value);
        var queries = new VectorFloat4(query);
        var rows = new VectorFloat4(output);
        load(builder, keys, values).persistOnDevice(keys, values);
        builder.graph("attend")
                .consumeFromDevice(keys, values)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, queries, scale, mask)
                .task(
                        "fusedTiles",
                        FusedTiles::fusedTiles,
                        new KernelContext(),
                        queries,
                        keys,
                        values,
                        mask,
                        rows,
                        logSumExp,
                        scale,
                        frame,
                        queryCapacity(),
                        keyCapacity(),
                        d4(),
                        dv4(),
                        capacity.masked() ? 1 : 0)
                .persistOnDevice(keys, values)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, rows, logSumExp);
        long groups = queryCapacity() / FusedTiles.ROWS;
        builder.grid("fusedTiles", groups * FusedTiles.GROUP, FusedTiles.GROUP, heads(), 1);
    }

    private TaskGraph load(TaskPlan.Builder builder, VectorFloat4 keys, VectorFloat4 values) {
        TaskGraph graph =
                builder.graph("load")
                        .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, keys, values)
                        .task("clearTail", KeyLayout::clearTail, keys, values, frame);
        builder.grid("clearTail", keyHeads(), 1, 1, 1);
        return graph;
    }

    @Override
    TaskPlan tasks() {
        return tasks;
    }

    @Override
    CallTiming attend(AttentionInputs in, long kvChunk) {
        return copyQuery(in).plus(copyMask(in.mask(), 0)).plus(tasks.run("attend"));
    }
}
