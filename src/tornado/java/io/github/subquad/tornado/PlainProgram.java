package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** {@link PlainStages} as task graphs. */
final class PlainProgram extends StagedProgram {
    /** Work-items of a group along the keys, or the channels. */
    private static final int GROUP = 4;

    private final TaskPlan tasks;

    PlainProgram(DeviceTraits device, Capacity capacity) {
        super(capacity);
        FloatArray keyT = array(capacity.keyHeads() * capacity.channels() * capacity.keyCapacity());
        FloatArray score = array(capacity.rows() * capacity.chunkCapacity());
        FloatArray maxScore = array(capacity.rows());
        FloatArray weightsSum = array(capacity.rows());
        FloatArray expValues = array(capacity.rows() * capacity.valueChannels());
        int hasMask = capacity.masked() ? 1 : 0;
        Object[] state = {keyT, value, query, stateValues, stateSum, stateMax};
        long rows = capacity.rows();
        long keys = capacity.chunkCapacity();
        var builder = new TaskPlan.Builder(device);
        builder.graph("load")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, key, value)
                .transferToDevice(SCRATCH, keyT)
                .task("transposeKeys", PlainStages::transposeKeys, key, keyT, frame)
                .persistOnDevice(keyT, value);
        builder.grid(
                "transposeKeys",
                capacity.keyHeads() * capacity.channels(),
                1,
                capacity.keyCapacity(),
                GROUP);
        builder.graph("query")
                .consumeFromDevice(keyT, value)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, query)
                .task("clearState", PlainStages::clearState, stateValues, stateSum, stateMax, frame)
                .persistOnDevice(state);
        builder.grid("clearState", rows, 1, 1, 1);
        builder.graph("chunk")
                .consumeFromDevice(state)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, scale, mask)
                .transferToDevice(SCRATCH, score, maxScore, weightsSum, expValues)
                .task(
                        "chunkScore",
                        PlainStages::chunkScore,
                        query,
                        keyT,
                        mask,
                        score,
                        scale,
                        frame,
                        hasMask)
                .task("rowMax", PlainStages::rowMax, score, maxScore, frame)
                .task("expWeights", PlainStages::expWeights, score, maxScore, frame)
                .task("rowSum", PlainStages::rowSum, score, weightsSum, frame)
                .task("weightedSum", PlainStages::weightedSum, score, value, expValues, frame)
                .task(
                        "mergeChunk",
                        PlainStages::mergeChunk,
                        expValues,
                        weightsSum,
                        maxScore,
                        stateValues,
                        stateSum,
                        stateMax,
                        frame)
                .persistOnDevice(state)
                .transferToHost(DataTransferMode.UNDER_DEMAND, stateValues, stateSum, stateMax);
        builder.grid("chunkScore", rows, 1, keys, GROUP)
                .grid("rowMax", rows, 1, 1, 1)
                .grid("expWeights", rows, 1, keys, GROUP)
                .grid("rowSum", rows, 1, 1, 1)
                .grid("weightedSum", rows, 1, capacity.valueChannels(), GROUP)
                .grid("mergeChunk", rows, 1, 1, 1)
                .onDemand(stateValues, stateSum, stateMax);
        builder.graph("finish")
                .consumeFromDevice(state)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame)
                .task(
                        "normalizeRows",
                        PlainStages::normalizeRows,
                        stateValues,
                        stateSum,
                        stateMax,
                        output,
                        logSumExp,
                        frame)
                .persistOnDevice(state)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, output, logSumExp);
        builder.grid("normalizeRows", rows, 1, 1, 1);
        tasks = builder.build();
    }

    @Override
    TaskPlan tasks() {
        return tasks;
    }
}
