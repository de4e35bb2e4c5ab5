package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.CallTiming;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

/**
 * A fused step on the device: {@code load} brings keys and values and turns the keys, {@code attend}
 * brings a chunk of queries, attends it, and brings its rows back.
 */
final class FusedProgram extends Program {
    private final TaskPlan tasks;

    FusedProgram(DeviceTraits device, Layout layout, boolean masked) {
        super(layout, masked);
        var keys = new VectorFloat4(key);
        var values = new VectorFloat4(value);
        var queries = new VectorFloat4(query);
        var rows = new VectorFloat4(output);
        var keyT = new VectorFloat4(array(key.getSize()));
        int hasMask = masked ? 1 : 0;
        int queryCapacity = (int) layout.queryCapacity();
        int keyCapacity = (int) layout.keyCapacity();
        int heads = (int) layout.heads();
        int d4 = layout.channels() / 4;
        int dv4 = layout.valueChannels() / 4;
        var builder = new TaskPlan.Builder(device);
        builder.graph("load")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, keys, values, frame)
                .task(
                        "transposeKeys",
                        FusedRows::transposeKeys,
                        keys,
                        keyT,
                        frame,
                        (int) layout.keyHeads(),
                        keyCapacity,
                        d4)
                .persistOnDevice(keyT, values);
        builder.grid("transposeKeys", layout.keyHeads() * keyCapacity / 4, 1, 1, 1);
        TaskGraph attend =
                builder.graph("attend")
                        .consumeFromDevice(keyT, values)
                        .transferToDevice(
                                DataTransferMode.EVERY_EXECUTION, queries, frame, scale, mask);
        if (layout.step() == KernelStep.FUSED_ROWS) {
            attend.task(
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
                    queryCapacity,
                    heads,
                    keyCapacity,
                    d4,
                    dv4,
                    hasMask);
            builder.grid("fusedRows", (long) heads * queryCapacity / FusedRows.ROWS, 1, 1, 1);
        } else {
            throw new UnsupportedOperationException();
        }
        attend.persistOnDevice(keyT, values)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, rows, logSumExp);
        tasks = builder.build();
    }

    @Override
    TaskPlan tasks() {
        return tasks;
    }

    @Override
    CallTiming attend(AttentionInputs in) {
        return copyQuery(in).plus(copyMask(in.mask(), 0)).plus(tasks.run("attend"));
    }

    @Override
    CallTiming summarize(AttentionInputs in) {
        throw new UnsupportedOperationException("fused steps keep no sums");
    }

    @Override
    DeviceCall.Rows sumsOf(AttentionInputs in) {
        throw new UnsupportedOperationException("fused steps keep no sums");
    }
}
