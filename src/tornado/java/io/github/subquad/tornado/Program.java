package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.CallTiming;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Task graphs and arrays for calls that fit a capacity. New tensors need nothing compiled. All
 * programs bring keys and values to the device once, then chunks of queries.
 */
abstract class Program implements PlanCache.Entry {
    /**
     * How arrays that only kernels touch go to the device, for nothing but to be known: TornadoVM
     * frees just what a graph transfers, and each array in one graph alone.
     */
    static final int SCRATCH = DataTransferMode.FIRST_EXECUTION;

    final Capacity capacity;
    final FloatArray query;
    final FloatArray key;
    final FloatArray value;
    final FloatArray mask;
    final FloatArray logSumExp;
    final FloatArray scale = new FloatArray(1);
    final IntArray frame = Frame.allocate();

    Program(Capacity capacity) {
        this.capacity = capacity;
        query = array(capacity.rows() * capacity.channels());
        key = array(capacity.keyHeads() * capacity.keyCapacity() * capacity.channels());
        value = array(capacity.keyHeads() * capacity.keyCapacity() * capacity.valueChannels());
        mask = array(Math.max(1, capacity.maskNumbers()));
        logSumExp = array(capacity.rows());
        frame.set(Frame.HEADS_PER_BATCH, 1); // divisors, should a graph run before a call
        frame.set(Frame.GROUP, 1);
        frame.set(Frame.QUERY_CAPACITY, (int) capacity.queryCapacity());
        frame.set(Frame.KEY_CAPACITY, (int) capacity.keyCapacity());
        frame.set(Frame.CHUNK_CAPACITY, (int) capacity.chunkCapacity());
        frame.set(Frame.CHANNELS, capacity.channels());
        frame.set(Frame.VALUE_CHANNELS, capacity.valueChannels());
    }

    static FloatArray array(long numbers) {
        return new FloatArray(Math.toIntExact(numbers));
    }

    /** The graphs; made by the subclass once its arrays are there. */
    abstract TaskPlan tasks();

    /** Brings keys and values to the host's arrays. */
    final void copyKeys(AttentionInputs in) {
        Staging.copyIn(in.key(), key, (int) capacity.keyCapacity(), capacity.channels());
        Staging.copyIn(in.value(), value, (int) capacity.keyCapacity(), capacity.valueChannels());
        describe(in);
    }

    final CallTiming copyQuery(AttentionInputs in) {
        long start = System.nanoTime();
        Staging.copyIn(in.query(), query, (int) capacity.queryCapacity(), capacity.channels());
        describe(in);
        return copied(start);
    }

    /** Brings the part of the mask that belongs to these keys to the host's array. */
    final CallTiming copyMask(@Nullable Tensor part, int firstKey) {
        long start = System.nanoTime();
        if (part != null) {
            MaskTile.load(part, firstKey, mask, frame);
        }
        return copied(start);
    }

    private void describe(AttentionInputs in) {
        AttentionShape shape = in.shape();
        scale.set(0, (float) in.scale());
        frame.set(Frame.QUERIES, (int) in.queryTokens());
        frame.set(Frame.FIRST_KEY, 0);
        frame.set(Frame.KEYS, (int) in.keyTokens());
        frame.set(Frame.DIAGONAL, Frame.diagonal(in.diagonal()));
        frame.set(Frame.HEADS_PER_BATCH, (int) in.query().size(1));
        frame.set(Frame.GROUP, (int) shape.groupSize());
        frame.set(Frame.HEADS, (int) shape.queryHeads());
    }

    static CallTiming copied(long start) {
        return new CallTiming(0, System.nanoTime() - start, 0, 0, 0);
    }

    /** The first numbers of each row of the last chunk; rows lie a stride apart. */
    final Tensor rows(FloatArray numbers, AttentionInputs in, long width, long stride) {
        long[] shape = in.query().shape();
        shape[3] = width;
        long head = capacity.queryCapacity() * stride;
        return Staging.view(numbers, shape, new long[] {shape[1] * head, head, stride, 1});
    }

    /** Value channels of each row of the last chunk. */
    final Tensor valueRows(FloatArray numbers, AttentionInputs in) {
        return rows(numbers, in, in.value().size(3), capacity.valueChannels());
    }

    /** A pair of chunks in a buffer of scores, {@code [batch, heads, queries, columns]}. */
    final Tensor chunkRows(FloatArray numbers, AttentionInputs in, long columns) {
        return rows(numbers, in, columns, capacity.chunkCapacity());
    }

    /** A number for each row of the last chunk, {@code [batch, heads, queries]}. */
    final Tensor perRow(FloatArray numbers, AttentionInputs in) {
        long[] shape = in.query().shape();
        return Staging.view(
                numbers,
                new long[] {shape[0], shape[1], shape[2]},
                new long[] {shape[1] * capacity.queryCapacity(), capacity.queryCapacity(), 1});
    }

    @Override
    public final long bytes() {
        return capacity.bytes();
    }

    @Override
    public void close() {
        tasks().close();
    }
}
