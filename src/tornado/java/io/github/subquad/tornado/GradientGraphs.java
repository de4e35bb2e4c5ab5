package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

/**
 * The graphs of a {@link GradientProgram}: its arrays as vectors, those that only the device has,
 * and the tasks over them. Each array that several graphs share is allocated by the first, and
 * handed on by all.
 */
final class GradientGraphs {
    static final String LOAD = "load";
    static final String QUERY = "query";
    static final String RECOMPUTE = "recompute";
    static final String RESTORE = "restore";
    static final String PAIR = "pair";

    /** Work-items of a group: enough for a processor's core to make one call of them. */
    private static final int GROUP = 8;

    private final GradientProgram program;
    private final TaskPlan.Builder builder;
    private final FloatArray one = new FloatArray(1);
    private final VectorFloat4 keys;
    private final VectorFloat4 keyT;
    private final VectorFloat4 valueT;
    private final VectorFloat4 queries;
    private final VectorFloat4 finiteQuery;
    private final VectorFloat4 partOfQuery;
    private final VectorFloat4 weights;
    private final VectorFloat4 gradScores;
    private final VectorFloat4 gradQueries;
    private final VectorFloat4 gradKeys;
    private final VectorFloat4 gradValues;
    private final Object[] shared;
    private final int queryCapacity;
    private final int keyCapacity;
    private final int chunkCapacity;
    private final int keyHeads;
    private final int heads;
    private final int rows;
    private final int d4;
    private final int dv4;

    GradientGraphs(DeviceTraits device, GradientProgram program) {
        this.program = program;
        builder = new TaskPlan.Builder(device);
        one.set(0, 1);
        keys = new VectorFloat4(program.key);
        keyT = like(program.key);
        valueT = like(program.value);
        queries = new VectorFloat4(program.query);
        finiteQuery = like(program.query);
        partOfQuery = like(program.query);
        weights = like(program.gradScore);
        gradScores = new VectorFloat4(program.gradScore);
        gradQueries = new VectorFloat4(program.gradQuery);
        gradKeys = new VectorFloat4(program.gradKey);
        gradValues = new VectorFloat4(program.gradValue);
        shared =
                new Object[] {
                    keys,
                    keyT,
                    valueT,
                    gradKeys,
                    gradValues,
                    queries,
                    finiteQuery,
                    gradQueries,
                    partOfQuery,
                    weights,
                    gradScores
                };
        Capacity capacity = program.capacity;
        queryCapacity = (int) capacity.queryCapacity();
        keyCapacity = (int) capacity.keyCapacity();
        chunkCapacity = (int) capacity.chunkCapacity();
        keyHeads = (int) capacity.keyHeads();
        heads = (int) capacity.heads();
        rows = heads * queryCapacity;
        d4 = capacity.channels() / 4;
        dv4 = capacity.valueChannels() / 4;
    }

    private static VectorFloat4 like(FloatArray array) {
        return new VectorFloat4(new FloatArray(array.getSize()));
    }

    TaskPlan build() {
        load();
        query();
        recompute();
        if (program.capacity.pass() == Pass.BACKWARD_OF_KEPT) {
            restore();
        }
        pair();
        return builder.build();
    }

    /** What {@link #PAIR} leaves of the gradient of the scores, for {@link TaskPlan#fetch}. */
    Object[] gradScores() {
        return new Object[] {gradScores};
    }

    /** What it leaves of the gradient of the queries. */
    Object[] gradQueries() {
        return new Object[] {gradQueries};
    }

    /** What it leaves of the gradients of keys and values. */
    Object[] gradKeysAndValues() {
        return new Object[] {gradKeys, gradValues};
    }

    /** Keys and values, whose gradients begin at zero. */
    private void load() {
        var values = new VectorFloat4(program.value);
        int allKeys = keyHeads * keyCapacity;
        builder.graph(LOAD)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, program.frame, keys, values)
                .transferToDevice(Program.SCRATCH, keyT, valueT, gradKeys, gradValues)
                .task("clearTail", KeyLayout::clearTail, keys, values, program.frame)
                .task(
                        "transposeKeys",
                        KeyLayout::transposeKeys,
                        keys,
                        keyT,
                        keyHeads,
                        keyCapacity,
                        d4)
                .task(
                        "transposeValues",
                        KeyLayout::transposeKeys,
                        values,
                        valueT,
                        keyHeads,
                        keyCapacity,
                        dv4)
                .task("finiteKeys", GradientStages::finiteRows, keys, allKeys, d4)
                .task(
                        "clearGradients",
                        GradientStages::clearGradients,
                        gradKeys,
                        gradValues,
                        allKeys,
                        d4,
                        dv4)
                .persistOnDevice(keys, keyT, valueT, gradKeys, gradValues);
        builder.grid("clearTail", keyHeads, 1, 1, 1)
                .grid("transposeKeys", allKeys / 4, GROUP, 1, 1)
                .grid("transposeValues", allKeys / 4, GROUP, 1, 1)
                .grid("finiteKeys", allKeys, GROUP, 1, 1)
                .grid("clearGradients", allKeys, GROUP, 1, 1);
    }

    /** A chunk of queries, whose gradient begins at zero. */
    private void query() {
        builder.graph(QUERY)
                .consumeFromDevice(keys, keyT, valueT, gradKeys, gradValues)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, queries)
                .transferToDevice(
                        Program.SCRATCH, finiteQuery, gradQueries, partOfQuery, weights, gradScores)
                .task(
                        "prepareQueries",
                        GradientStages::prepareQueries,
                        queries,
                        finiteQuery,
                        gradQueries,
                        rows,
                        d4)
                .task(
                        "claimBuffers",
                        GradientStages::claimBuffers,
                        partOfQuery,
                        weights,
                        gradScores,
                        rows)
                .persistOnDevice(shared);
        builder.grid("prepareQueries", rows, GROUP, 1, 1).grid("claimBuffers", rows, GROUP, 1, 1);
    }

    /** The weights of a pair. */
    private void recompute() {
        int hasMask = program.capacity.masked() ? 1 : 0;
        builder.graph(RECOMPUTE)
                .consumeFromDevice(shared)
                .transferToDevice(
                        DataTransferMode.EVERY_EXECUTION,
                        program.frame,
                        program.scale,
                        program.mask,
                        program.logSumExp)
                .task(
                        "tiledScores",
                        TiledScores::tiledScores,
                        queries,
                        keyT,
                        program.mask,
                        weights,
                        program.scale,
                        program.frame,
                        queryCapacity,
                        heads,
                        keyCapacity,
                        chunkCapacity,
                        d4,
                        hasMask)
                .task(
                        "recomputeWeights",
                        GradientStages::recomputeWeights,
                        weights,
                        program.logSumExp,
                        program.frame,
                        queryCapacity,
                        heads,
                        chunkCapacity)
                .persistOnDevice(shared);
        builder.grid(
                        "tiledScores",
                        rows / TiledScores.ROWS,
                        1,
                        chunkCapacity / TiledScores.KEYS,
                        GROUP)
                .grid("recomputeWeights", rows, GROUP, 1, 1);
    }

    /** The same from those that the forward pass kept. */
    private void restore() {
        var kept = new VectorFloat4(program.keptWeights);
        builder.graph(RESTORE)
                .consumeFromDevice(shared)
                .transferToDevice(
                        DataTransferMode.EVERY_EXECUTION,
                        program.frame,
                        kept,
                        program.keptMaxima,
                        program.logSumExp)
                .task(
                        "restoreWeights",
                        GradientStages::restoreWeights,
                        kept,
                        program.keptMaxima,
                        program.logSumExp,
                        weights,
                        program.frame,
                        queryCapacity,
                        heads,
                        chunkCapacity)
                .persistOnDevice(shared);
        builder.grid("restoreWeights", rows, GROUP, 1, 1);
    }

    /** What a pair contributes, once its weights are there. */
    private void pair() {
        var gradRows = new VectorFloat4(program.gradOutput);
        long blocks = rows / TiledScores.ROWS;
        long keyTiles = chunkCapacity / TiledScores.KEYS;
        builder.graph(PAIR)
                .consumeFromDevice(shared)
                .transferToDevice(
                        DataTransferMode.EVERY_EXECUTION,
                        program.frame,
                        program.scale,
                        one,
                        gradRows,
                        program.delta)
                .task(
                        "weightGradients",
                        TiledScores::tiledScores,
                        gradRows,
                        valueT,
                        one, // no mask
                        gradScores,
                        one,
                        program.frame,
                        queryCapacity,
                        heads,
                        keyCapacity,
                        chunkCapacity,
                        dv4,
                        0)
                .task(
                        "scoreGradients",
                        GradientStages::scoreGradients,
                        weights,
                        gradScores,
                        program.delta,
                        program.frame,
                        queryCapacity,
                        heads,
                        chunkCapacity)
                .task(
                        "valueSums",
                        KeySums::tiledKeySums,
                        weights,
                        gradRows,
                        gradValues,
                        one,
                        program.frame,
                        queryCapacity,
                        keyHeads,
                        keyCapacity,
                        chunkCapacity,
                        dv4)
                .task(
                        "keySums",
                        KeySums::tiledKeySums,
                        gradScores,
                        finiteQuery,
                        gradKeys,
                        program.scale,
                        program.frame,
                        queryCapacity,
                        keyHeads,
                        keyCapacity,
                        chunkCapacity,
                        d4)
                .task(
                        "querySums",
                        TiledStages::tiledWeightedSum,
                        gradScores,
                        keys,
                        partOfQuery,
                        program.frame,
                        queryCapacity,
                        heads,
                        keyCapacity,
                        chunkCapacity,
                        d4)
                .task(
                        "addScaledRows",
                        GradientStages::addScaledRows,
                        partOfQuery,
                        gradQueries,
                        program.scale,
                        rows,
                        d4)
                .persistOnDevice(shared)
                .transferToHost(
                        DataTransferMode.UNDER_DEMAND,
                        gradScores,
                        gradQueries,
                        gradKeys,
                        gradValues);
        long columns = Math.ceilDiv(d4, TiledStages.CHANNELS4);
        builder.grid("weightGradients", blocks, 1, keyTiles, GROUP)
                .grid("scoreGradients", rows, GROUP, 1, 1)
                .grid("valueSums", keyHeads * keyTiles, 1, Math.ceilDiv(dv4, KeySums.WIDTH4), GROUP)
                .grid("keySums", keyHeads * keyTiles, 1, Math.ceilDiv(d4, KeySums.WIDTH4), GROUP)
                .grid("querySums", blocks, 1, columns, GROUP)
                .grid("addScaledRows", rows, GROUP, 1, 1);
    }
}
