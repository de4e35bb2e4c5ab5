package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.CallTiming;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Step 1 on the device: four graphs in one plan. {@code load} brings keys and values, {@code query}
 * a chunk of queries, {@code chunk} summarises keys and merges them into the state, {@code finish}
 * normalises and brings the rows back. What a graph takes from the one before, it leaves there for
 * the next.
 */
final class PlainProgram extends Program {
    /** Work-items of a group along the keys. */
    private static final int KEY_GROUP = 16;

    private final FloatArray stateMax;
    private final FloatArray stateSum;
    private final FloatArray stateValues;
    private final TaskPlan tasks;

    PlainProgram(DeviceTraits device, Layout layout, boolean masked) {
        super(layout, masked);
        FloatArray keyT = array(layout.keyHeads() * layout.channels() * layout.keyCapacity());
        FloatArray score = array(layout.rows() * layout.chunkCapacity());
        FloatArray maxScore = array(layout.rows());
        FloatArray weightsSum = array(layout.rows());
        FloatArray expValues = array(layout.rows() * layout.valueChannels());
        stateMax = array(layout.rows());
        stateSum = array(layout.rows());
        stateValues = array(layout.rows() * layout.valueChannels());
        int hasMask = masked ? 1 : 0;
        long rows = layout.rows();
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
                KEY_GROUP);
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
                .persistOnDevice(keyT, value, query, stateValues, stateSum, stateMax);
        builder.grid("clearState", rows, 1, 1, 1);
        builder.graph("chunk")
                .consumeFromDevice(keyT, value, query, stateValues, stateSum, stateMax)
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
                .persistOnDevice(keyT, value, query, stateValues, stateSum, stateMax)
                .transferToHost(DataTransferMode.UNDER_DEMAND, stateValues, stateSum, stateMax);
        long keys = layout.chunkCapacity();
        builder.grid("chunkScore", rows, 1, keys, KEY_GROUP)
                .grid("rowMax", rows, 1, 1, 1)
                .grid("expWeights", rows, 1, keys, KEY_GROUP)
                .grid("rowSum", rows, 1, 1, 1)
                .grid("weightedSum", rows, 1, layout.valueChannels(), 4)
                .grid("mergeChunk", rows, 1, 1, 1);
        builder.graph("finish")
                .consumeFromDevice(keyT, value, query, stateValues, stateSum, stateMax)
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
                .persistOnDevice(keyT, value, query, stateValues, stateSum, stateMax)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, output, logSumExp);
        builder.grid("normalizeRows", rows, 1, 1, 1);
        tasks = builder.build();
    }

    @Override
    TaskPlan tasks() {
        return tasks;
    }

    @Override
    CallTiming attend(AttentionInputs in) {
        return accumulate(in).plus(tasks.run("finish"));
    }

    @Override
    CallTiming summarize(AttentionInputs in) {
        return accumulate(in).plus(tasks.fetch("chunk", stateValues, stateSum, stateMax));
    }

    @Override
    DeviceCall.Rows sumsOf(AttentionInputs in) {
        return new DeviceCall.Rows(
                rows(stateValues, in), perRow(stateSum, in), perRow(stateMax, in));
    }

    /** Merges chunk after chunk of the keys into the state of the queries. */
    private CallTiming accumulate(AttentionInputs in) {
        CallTiming time = copyQuery(in).plus(tasks.run("query"));
        long start = 0;
        do {
            AttentionInputs chunk = in.narrowKeys(start, layout.kvChunk());
            frame.set(Frame.FIRST_KEY, (int) start);
            frame.set(Frame.KEYS, (int) chunk.keyTokens());
            if (start == 0 || chunk.seesAnyKey()) {
                time = time.plus(copyMask(chunk.mask(), (int) start)).plus(tasks.run("chunk"));
            }
            start += layout.kvChunk();
        } while (start < in.keyTokens());
        return time;
    }
}
