package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.BackwardInputs;
import io.github.subquad.CallTiming;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A backward pass on the device: graphs in one plan. {@code load} brings keys and values, {@code
 * query} a chunk of queries with what the forward pass gave for them. For each chunk of the keys
 * {@code recompute} makes weights, or {@code restore} brings kept ones, and {@code pair} adds what
 * the two chunks contribute: the queries' gradient is complete after the last chunk of keys, those
 * of keys and values after the last of queries.
 */
final class GradientProgram extends Program {
    final FloatArray gradOutput;
    final FloatArray delta;
    final FloatArray gradScore;
    final FloatArray gradQuery;
    final FloatArray gradKey;
    final FloatArray gradValue;
    final FloatArray keptWeights;
    final FloatArray keptMaxima;
    private final GradientGraphs graphs;
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
        keptWeights = array(ofKept ? scores : 4);
        keptMaxima = array(ofKept ? capacity.rows() : 1);
        graphs = new GradientGraphs(device, this);
        tasks = graphs.build();
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
        run(GradientGraphs.LOAD);
    }

    private void run(String graph) {
        time = time.plus(tasks.run(graph));
    }

    private void fetch(Object... arrays) {
        time = time.plus(tasks.fetch(GradientGraphs.PAIR, arrays));
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
        run(GradientGraphs.QUERY);
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
        run(GradientGraphs.RECOMPUTE);
        run(GradientGraphs.PAIR);
    }

    /** The same with weights that the forward pass kept. */
    void differentiate(AttentionInputs chunk, long firstKey, boolean ofMask, KeptPair kept) {
        begin(chunk, firstKey, ofMask);
        kept.read(
                chunkRows(keptWeights, chunk, KeptPair.columns(chunk)), perRow(keptMaxima, chunk));
        run(GradientGraphs.RESTORE);
        run(GradientGraphs.PAIR);
    }

    private void begin(AttentionInputs chunk, long firstKey, boolean ofMask) {
        frame.set(Frame.FIRST_KEY, (int) firstKey);
        frame.set(Frame.KEYS, (int) chunk.keyTokens());
        frame.set(Frame.WHOLE, ofMask ? 1 : 0);
    }

    /** Gradient of the last pair's scores, {@code [batch, heads, queries, keys]}. */
    Tensor gradScores(AttentionInputs chunk) {
        fetch(graphs.gradScores());
        return chunkRows(gradScore, chunk, chunk.keyTokens());
    }

    /** Gradient of the queries that were loaded last, after their pairs. */
    Tensor gradQuery(AttentionInputs in) {
        fetch(graphs.gradQueries());
        return rows(gradQuery, in, in.query().size(3), capacity.channels());
    }

    /** Brings the gradients of keys and values to the host, after all pairs. */
    void fetchKeys() {
        fetch(graphs.gradKeysAndValues());
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
