package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

/** {@link TiledStages} as task graphs. */
final class TiledProgram extends StagedProgram {
    /** Work-items of a group: enough for a processor's core to make one call of them. */
    private static final int GROUP = 8;

    private final FloatArray weights;
    private final FloatArray maxima;
    private final Object[] weightArrays;
    private final TaskPlan tasks;

    TiledProgram(DeviceTraits device, Capacity capacity) {
        super(capacity);
        var keys = new VectorFloat4(key);
        var values = new VectorFloat4(value);
        var queries = new VectorFloat4(query);
        var rowsOut = new VectorFloat4(output);
        var state = new VectorFloat4(stateValues);
        var keyT = new VectorFloat4(array(key.getSize()));
        weights = array(capacity.rows() * capacity.chunkCapacity());
        var score = new VectorFloat4(weights);
        var expValues = new VectorFloat4(array(capacity.rows() * capacity.valueChannels()));
        FloatArray maxScore = array(capacity.rows());
        maxima = maxScore;
        weightArrays = new Object[] {score, maxScore};
        FloatArray weightsSum = array(capacity.rows());
        int hasMask = capacity.masked() ? 1 : 0;
        int queryCapacity = (int) capacity.queryCapacity();
        int keyCapacity = (int) capacity.keyCapacity();
        int chunkCapacity = (int) capacity.chunkCapacity();
        int keyHeads = (int) capacity.keyHeads();
        int heads = (int) capacity.heads();
        int d4 = capacity.channels() / 4;
        int dv4 = capacity.valueChannels() / 4;
        Object[] kept = {keyT, values, queries, state, stateSum, stateMax};
        long rows = capacity.rows();
        long columns = Math.ceilDiv(dv4, TiledStages.CHANNELS4);
        long blocks = rows / TiledScores.ROWS;
        var builder = new TaskPlan.Builder(device);
        builder.graph("load")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, keys, values)
                .transferToDevice(SCRATCH, keyT)
                .task("clearTail", KeyLayout::clearTail, keys, values, frame)
                .task(
                        "transposeKeys",
                        KeyLayout::transposeKeys,
                        keys,
                        keyT,
                        keyHeads,
                        keyCapacity,
                        d4)
                .persistOnDevice(keyT, values);
        builder.grid("clearTail", keyHeads, 1, 1, 1)
                .grid("transposeKeys", (long) keyHeads * keyCapacity / 4, GROUP, 1, 1);
        builder.graph("query")
                .consumeFromDevice(keyT, values)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, queries)
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
                .transferToDevice(SCRATCH, score, maxScore, weightsSum, expValues)
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
                .transferToHost(
                        DataTransferMode.UNDER_DEMAND, state, stateSum, stateMax, score, maxScore);
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

    /** Copies the weights and maxima of the last chunk to the host. */
    void keep(AttentionInputs chunk, KeptPair room) {
        tasks.fetch("chunk", weightArrays);
        room.write(chunkRows(weights, chunk, KeptPair.columns(chunk)), perRow(maxima, chunk));
    }

    @Override
    TaskPlan tasks() {
        return tasks;
    }
}
