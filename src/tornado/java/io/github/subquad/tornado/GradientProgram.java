package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.BackwardInputs;
import io.github.subquad.CallTiming;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

/**
 * A backward pass on the device: graphs in one plan. {@code load} brings keys and values, {@code
 * query} a chunk of queries with what the forward pass gave for them. For each chunk of the keys
 * {@code recompute} makes weights, or {@code restore} brings kept ones, and {@code pair} adds what
 * the two chunks contribute: the queries' gradient is complete after the last chunk of keys, those
 * of keys and values after the last of queries.
 */
final class GradientProgram extends Program {
    /** Work-items of a group: enough for a processor's core to make one call of them. */
    private static final int GROUP = 8;

    private static final String PAIR = "pair";

    private final FloatArray gradOutput;
    private final FloatArray delta;
    private final FloatArray one = new FloatArray(1);
    private final FloatArray gradScore;
    private final FloatArray gradQuery;
    private final FloatArray gradKey;
    private final FloatArray gradValue;
    private final FloatArray keptWeights;
    private final FloatArray keptMaxima;
    private final Object[] scoreArray;
    private final Object[] queryArray;
    private final Object[] keyArrays;
    private final TaskPlan tasks;
    private CallTiming time = CallTiming.ZERO;

    GradientProgram(DeviceTraits device, Capacity capacity) {
        super(capacity);
        boolean ofKept = capacity.pass() == Pass.BACKWARD_OF_KEPT;
        long scores = capacity.rows() * capacity.chunkCapacity();
        gradOutput = array(capacity.rows() * capacity.valueChannels());
        delta = array(capacity.rows());
        gradScore = array(scores);
        gradQuery = array(query.getSize());
        gradKey = array(key.getSize());
        gradValue = array(value.getSize());
        keptWeights = array(ofKept ? scores : 1);
        keptMaxima = array(ofKept ? capacity.rows() : 1);
        one.set(0, 1);
        var keys = new VectorFloat4(key);
        var values = new VectorFloat4(value);
        var queries = new VectorFloat4(query);
        var keyT = new VectorFloat4(array(key.getSize()));
        var valueT = new VectorFloat4(array(value.getSize()));
        var finiteQuery = new VectorFloat4(array(query.getSize()));
        var partOfQuery = new VectorFloat4(array(query.getSize()));
        var weights = new VectorFloat4(array(scores));
        var gradRows = new VectorFloat4(gradOutput);
        var gradScores = new VectorFloat4(gradScore);
        var gradQueries = new VectorFloat4(gradQuery);
        var gradKeys = new VectorFloat4(gradKey);
        var gradValues = new VectorFloat4(gradValue);
        var kept = new VectorFloat4(keptWeights);
        scoreArray = new Object[] {gradScores};
        queryArray = new Object[] {gradQueries};
        keyArrays = new Object[] {gradKeys, gradValues};
        int hasMask = capacity.masked() ? 1 : 0;
        int queryCapacity = (int) capacity.queryCapacity();
        int keyCapacity = (int) capacity.keyCapacity();
        int chunkCapacity = (int) capacity.chunkCapacity();
        int keyHeads = (int) capacity.keyHeads();
        int heads = (int) capacity.heads();
        int allKeys = keyHeads * keyCapacity;
        int rows = heads * queryCapacity;
        int d4 = capacity.channels() / 4;
        int dv4 = capacity.valueChannels() / 4;
        long blocks = rows / TiledScores.ROWS;
        long keyTiles = chunkCapacity / TiledScores.KEYS;
        Object[] ofKeys = {keys, keyT, valueT, gradKeys, gradValues};
        Object[] all = {
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
        var builder = new TaskPlan.Builder(device);
        builder.graph("load")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, keys, values)
                .transferToDevice(SCRATCH, keyT, valueT, gradKeys, gradValues)
                .task("clearTail", KeyLayout::clearTail, keys, values, frame)
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
                .persistOnDevice(ofKeys);
        builder.grid("clearTail", keyHeads, 1, 1, 1)
                .grid("transposeKeys", allKeys / 4, GROUP, 1, 1)
                .grid("transposeValues", allKeys / 4, GROUP, 1, 1)
                .grid("finiteKeys", allKeys, GROUP, 1, 1)
                .grid("clearGradients", allKeys, GROUP, 1, 1);
        builder.graph("query")
                .consumeFromDevice(ofKeys)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, queries)
                .transferToDevice(
                        SCRATCH, finiteQuery, gradQueries, partOfQuery, weights, gradScores)
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
                .persistOnDevice(all);
        builder.grid("prepareQueries", rows, GROUP, 1, 1).grid("claimBuffers", rows, GROUP, 1, 1);
        builder.graph("recompute")
                .consumeFromDevice(all)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, frame, scale, mask, logSumExp)
                .task(
                        "tiledScores",
                        TiledScores::tiledScores,
                        queries,
                        keyT,
                        mask,
                        weights,
                        scale,
                        frame,
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
                        logSumExp,
                        frame,
                        queryCapacity,
                        heads,
                        chunkCapacity)
                .persistOnDevice(all);
        builder.grid("tiledScores", blocks, 1, keyTiles, GROUP)
                .grid("recomputeWeights", rows, GROUP, 1, 1);
        if (ofKept) {
            builder.graph("restore")
                    .consumeFromDevice(all)
                    .transferToDevice(
                            DataTransferMode.EVERY_EXECUTION, frame, kept, keptMaxima, logSumExp)
                    .task(
                            "restoreWeights",
                            GradientStages::restoreWeights,
                            kept,
                            keptMaxima,
                            logSumExp,
                            weights,
                            frame,
                            queryCapacity,
                            heads,
                            chunkCapacity)
                    .persistOnDevice(all);
            builder.grid("restoreWeights", rows, GROUP, 1, 1);
        }
        builder.graph(PAIR)
                .consumeFromDevice(all)
                .transferToDevice(
                        DataTransferMode.EVERY_EXECUTION, frame, scale, one, gradRows, delta)
                .task(
                        "weightGradients",
                        TiledScores::tiledScores,
                        gradRows,
                        valueT,
                        one, // no mask
                        gradScores,
                        one,
                        frame,
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
                        delta,
                        frame,
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
                        frame,
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
                        scale,
                        frame,
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
                        frame,
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
                        scale,
                        rows,
                        d4)
                .persistOnDevice(all)
                .transferToHost(
                        DataTransferMode.UNDER_DEMAND,
                        gradScores,
                        gradQueries,
                        gradKeys,
                        gradValues);
        long columns = Math.ceilDiv(d4, TiledStages.CHANNELS4);
        builder.grid("weightGradients", blocks, 1, keyTiles, GROUP)
                .grid("scoreGradients", rows, GROUP, 1, 1)
                .grid("valueSums", keyHeads * keyTiles, 1, Math.ceilDiv(dv4, KeySums.WIDTH4), 1)
                .grid("keySums", keyHeads * keyTiles, 1, Math.ceilDiv(d4, KeySums.WIDTH4), 1)
                .grid("querySums", blocks, 1, columns, GROUP)
                .grid("addScaledRows", rows, GROUP, 1, 1);
        tasks = builder.build();
    }

    @Override
    TaskPlan tasks() {
        return tasks;
    }

    /**
     * Brings keys and values to the device; their gradients begin at zero.
     *
     * @param in heads and keys that fit
     */
    void load(AttentionInputs in) {
        long start = System.nanoTime();
        copyKeys(in);
        time = time.plus(copied(start));
        run("load");
    }

    private void run(String graph) {
        time = time.plus(tasks.run(graph));
    }

    private void fetch(Object... arrays) {
        time = time.plus(tasks.fetch(PAIR, arrays));
    }

    /** Where the time went since the last time that this was asked. */
    CallTiming takeTime() {
        CallTiming taken = time;
        time = CallTiming.ZERO;
        return taken;
    }

    /**
     * Brings a chunk of queries to the device; their gradient begins at zero.
     *
     * @param in the same heads and keys, queries that fit
     * @return what was taken out of the gradient of the output, null if nothing was
     */
    @Nullable SpoiltValues loadQueries(BackwardInputs in) {
        AttentionInputs call = in.call();
        int queries = (int) capacity.queryCapacity();
        long start = System.nanoTime();
        copyQuery(call);
        Staging.copyIn(in.gradOutput(), gradOutput, queries, capacity.valueChannels());
        perRow(logSumExp, call).copyFrom(in.logSumExp());
        RowDeltas.of(in, valueRows(gradOutput, call), perRow(delta, call));
        SpoiltValues spoilt =
                call.mask() == null && call.seesEveryKey()
                        ? null
                        : SpoiltValues.takeFrom(
                                gradOutput,
                                call.shape().queryHeads(),
                                call.queryTokens(),
                                queries,
                                capacity.valueChannels());
        time = time.plus(copied(start));
        run("query");
        return spoilt;
    }

    /**
     * Differentiates a pair of chunks whose weights are computed again.
     *
     * @param chunk queries that were loaded, and some of the keys
     * @param firstKey the first of them, counted from the first that was loaded
     */
    void differentiate(AttentionInputs chunk, long firstKey, boolean ofMask) {
        begin(chunk, firstKey, ofMask);
        copyMask(chunk.mask(), (int) firstKey);
        run("recompute");
        run(PAIR);
    }

    /** The same with weights that the forward pass kept. */
    void differentiate(AttentionInputs chunk, long firstKey, boolean ofMask, KeptPair kept) {
        begin(chunk, firstKey, ofMask);
        kept.read(
                chunkRows(keptWeights, chunk, KeptPair.columns(chunk)), perRow(keptMaxima, chunk));
        run("restore");
        run(PAIR);
    }

    private void begin(AttentionInputs chunk, long firstKey, boolean ofMask) {
        frame.set(Frame.FIRST_KEY, (int) firstKey);
        frame.set(Frame.KEYS, (int) chunk.keyTokens());
        frame.set(Frame.WHOLE, ofMask ? 1 : 0);
    }

    /** Gradient of the last pair's scores, {@code [batch, heads, queries, keys]}. */
    Tensor gradScores(AttentionInputs chunk) {
        fetch(scoreArray);
        return chunkRows(gradScore, chunk, chunk.keyTokens());
    }

    /** Gradient of the queries that were loaded last, after their pairs. */
    Tensor gradQuery(AttentionInputs in) {
        fetch(queryArray);
        return rows(gradQuery, in, in.query().size(3), capacity.channels());
    }

    /** Brings the gradients of keys and values to the host, after all pairs. */
    void fetchKeys() {
        fetch(keyArrays);
    }

    /** What {@link #fetchKeys} brought, {@code [batch, key heads, keys, channels]}. */
    Tensor gradKey(AttentionInputs in) {
        return keyRows(gradKey, in.key().shape(), capacity.channels());
    }

    /** The same of the values, {@code [batch, key heads, keys, value channels]}. */
    Tensor gradValue(AttentionInputs in) {
        return keyRows(gradValue, in.value().shape(), capacity.valueChannels());
    }

    private Tensor keyRows(FloatArray numbers, long[] shape, long padded) {
        long head = capacity.keyCapacity() * padded;
        return Staging.view(numbers, shape, new long[] {shape[1] * head, head, padded, 1});
    }
}
