package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

/** {@link TiledStages} as task graphs. */
final class TiledProgram extends StagedProgram {
    /** Work-items of a group: enough for a processor's core to make one call of them. */
    private static final int GROUP = 8;

    private final TaskPlan tasks;

    TiledProgram(DeviceTraits device, Layout layout, boolean masked) {
        super(layout, masked);
        var keys = new VectorFloat4(key);
        var values = new VectorFloat4(value);
        var queries = new VectorFloat4(query);
        var rowsOut = new VectorFloat4(output);
        var state = new VectorFloat4(stateValues);
        var keyT = new VectorFloat4(array(key.getSize()));
        var score = new VectorFloat4(array(layout.rows() * layout.chunkCapacity()));
        var expValues = new VectorFloat4(array(layout.rows() * layout.valueChannels()));
        FloatArray maxScore = array(layout.rows());
        FloatArray weightsSum = array(layout.rows());
        int hasMask = masked ? 1 : 0;
        int queryCapacity = (int) layout.queryCapacity();
        int keyCapacity = (int) layout.keyCapacity();
        int chunkCapacity = (int) layout.chunkCapacity();
        int keyHeads = (int) layout.keyHeads();
        int heads = (int) layout.heads();
        int d4 = layout.channels() / 4;
        int dv4 = layout.valueChannels() / 4;
        Object[] kept = {keyT, values, queries, state, stateSum, stateMax};
        long rows = layout.rows();
        long columns = Math.ceilDiv(dv4, TiledStages.CHANNELS4);
        long blocks = rows / TiledScores.ROWS;
        var builder = new TaskPlan.Builder(device);
        builder.graph("load")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, keys, values, frame)
                .task("clearTail", KeyTail::clearTail, keys, values, frame)
                .task(
                        "transposeKeys",
                        FusedRows::transposeKeys,
                        keys,
                        keyT,
                        frame,
                        keyHeads,
                        keyCapacity,
                        d4)
                .persistOnDevice(keyT, values);
        builder.grid("clearTail", keyHeads, 1, 1, 1)
                .grid("transposeKeys", (long) keyHeads * keyCapacity / 4, GROUP, 1, 1);
        builder.graph("query")
                .consumeFromDevice(keyT, values)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, queries, frame)
                .task(
                        "clearState",
                        ChunkMerge::clearState,
                        state,
                        stateSum,
                        stateMax,
                        frame,
                        queryCapacity,
                        heads,
                        dv4)
                .persistOnDevice(kept);
        builder.grid("clearState", rows, GROUP, 1, 1);
        builder.graph("chunk")
                .consumeFromDevice(kept)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, scale, mask)
                .task(
                        "tiledScores",
                        TiledScores::tiledScores,
                        queries,
                        keyT,
                        mask,
                        score,
                        scale,
                        frame,
                        queryCapacity,
                        heads,
                        keyCapacity,
                        chunkCapacity,
                        d4,
                        hasMask)
                .task(
                        "tiledRowMax",
                        TiledStages::tiledRowMax,
                        score,
                        maxScore,
                        frame,
                        queryCapacity,
                        heads,
                        chunkCapacity)
                .task(
                        "tiledWeights",
                        TiledStages::tiledWeights,
                        score,
                        maxScore,
                        weightsSum,
                        frame,
                        queryCapacity,
                        heads,
                        chunkCapacity)
                .task(
                        "tiledWeightedSum",
                        TiledStages::tiledWeightedSum,
                        score,
                        values,
                        expValues,
                        frame,
                        queryCapacity,
                        heads,
                        keyCapacity,
                        chunkCapacity,
                        dv4)
                .task(
                        "mergeChunk",
                        ChunkMerge::mergeChunk,
                        expValues,
                        weightsSum,
                        maxScore,
                        state,
                        stateSum,
                        stateMax,
                        frame,
                        queryCapacity,
                        heads,
                        dv4)
                .persistOnDevice(kept)
                // Vectors that only kernels touch must be named here too.
                .transferToHost(
                        DataTransferMode.UNDER_DEMAND, state, stateSum, stateMax, score, expValues);
        builder.grid("tiledScores", blocks, 1, chunkCapacity / TiledScores.KEYS, GROUP)
                .grid("tiledRowMax", rows, GROUP, 1, 1)
                .grid("tiledWeights", rows, GROUP, 1, 1)
                .grid("tiledWeightedSum", blocks, 1, columns, GROUP)
                .grid("mergeChunk", rows, GROUP, 1, 1)
                .onDemand(state, stateSum, stateMax);
        builder.graph("finish")
                .consumeFromDevice(kept)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame)
                .task(
                        "normalizeRows",
                        ChunkMerge::normalizeRows,
                        state,
                        stateSum,
                        stateMax,
                        rowsOut,
                        logSumExp,
                        frame,
                        queryCapacity,
                        heads,
                        dv4)
                .persistOnDevice(kept)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, rowsOut, logSumExp);
        builder.grid("normalizeRows", rows, GROUP, 1, 1);
        tasks = builder.build();
    }

    @Override
    TaskPlan tasks() {
        return tasks;
    }
}
