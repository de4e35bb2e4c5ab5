package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** {@link PlainStages} as task graphs. */
final class PlainProgram extends StagedProgram {
    /** Work-items of a group along the keys, or the channels. */
    private static final int GROUP = 4;

    private final TaskPlan tasks;

    PlainProgram(DeviceTraits device, Layout layout, boolean masked) {
        super(layout, masked);
        FloatArray keyT = array(layout.keyHeads() * layout.channels() * layout.keyCapacity());
        FloatArray score = array(layout.rows() * layout.chunkCapacity());
        FloatArray maxScore = array(layout.rows());
        FloatArray weightsSum = array(layout.rows());
        FloatArray expValues = array(layout.rows() * layout.valueChannels());
        int hasMask = masked ? 1 : 0;
        Object[] state = {keyT, value, query, stateValues, stateSum, stateMax};
        long rows = layout.rows();
        long keys = layout.chunkCapacity();
        var builder = new TaskPlan.Builder(device);
        builder.graph("load")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, key, value, frame)
                .task("transposeKeys", PlainStages::transposeKeys, key, keyT, frame)
                .persistOnDevice(keyT, value);
        builder.grid(
                "transposeKeys",
                layout.keyHeads() * layout.channels(),
                1,
                layout.keyCapacity(),
                GROUP);
        builder.graph("query")
                .consumeFromDevice(keyT, value)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, query, frame)
                .task(
                        "clearState",
                        PlainStages::clearState,
                        stateValues,
                        stateSum,
                        stateMax,
                        frame)
                .persistOnDevice(state);
        builder.grid("clearState", rows, 1, 1, 1);
        builder.graph("chunk")
                .consumeFromDevice(state)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, scale, mask)
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
                .grid("weightedSum", rows, 1, layout.valueChannels(), GROUP)
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
