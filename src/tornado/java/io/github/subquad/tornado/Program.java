package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.CallTiming;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Task graphs and arrays for calls of one layout: keys and values go to the device once, then query
 * chunks follow. New tensors of the same sizes need nothing compiled.
 */
abstract class Program implements AutoCloseable {
    final Layout layout;
    final boolean masked;
    final FloatArray query;
    final FloatArray key;
    final FloatArray value;
    final FloatArray mask;
    final FloatArray output;
    final FloatArray logSumExp;
    final FloatArray scale = new FloatArray(1);
    final IntArray frame = Frame.allocate();
    private @Nullable SpoiltValues spoilt;

    Program(Layout layout, boolean masked) {
        this.layout = layout;
        this.masked = masked;
        query = array(layout.rows() * layout.channels());
        key = array(layout.keyHeads() * layout.keyCapacity() * layout.channels());
        value = array(layout.keyHeads() * layout.keyCapacity() * layout.valueChannels());
        mask = array(masked ? layout.maskNumbers() : 1);
        output = array(layout.rows() * layout.valueChannels());
        logSumExp = array(layout.rows());
        frame.set(Frame.HEADS_PER_BATCH, 1); // divisors, should a graph run before a call
        frame.set(Frame.GROUP, 1);
        frame.set(Frame.QUERY_CAPACITY, (int) layout.queryCapacity());
        frame.set(Frame.KEY_CAPACITY, (int) layout.keyCapacity());
        frame.set(Frame.CHUNK_CAPACITY, (int) layout.chunkCapacity());
        frame.set(Frame.CHANNELS, layout.channels());
        frame.set(Frame.VALUE_CHANNELS, layout.valueChannels());
    }

    static FloatArray array(long numbers) {
        return new FloatArray(Math.toIntExact(numbers));
    }

    /** The graphs; made by the subclass once its arrays are there. */
    abstract TaskPlan tasks();

    /**
     * Brings keys and values to the device.
     *
     * @param in heads and keys that fit the layout
     */
    CallTiming load(AttentionInputs in) {
        long start = System.nanoTime();
        Staging.copyIn(in.key(), key, (int) layout.keyCapacity(), layout.channels());
        Staging.copyIn(in.value(), value, (int) layout.keyCapacity(), layout.valueChannels());
        spoilt =
                SpoiltValues.takeFrom(
                        value, in, (int) layout.keyCapacity(), layout.valueChannels());
        describe(in);
        return copied(start).plus(tasks().run("load"));
    }

    /** What {@link #load} took out of the values. */
    final @Nullable SpoiltValues spoilt() {
        return spoilt;
    }

    /**
     * Attends a query chunk to the keys that were loaded; {@link #output} and {@link #logSumExp}
     * then hold its normalised rows.
     *
     * @param in the same heads and keys, queries that fit the layout
     */
    abstract CallTiming attend(AttentionInputs in);

    final CallTiming copyQuery(AttentionInputs in) {
        long start = System.nanoTime();
        Staging.copyIn(in.query(), query, (int) layout.queryCapacity(), layout.channels());
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

    /** Rows of the last chunk, {@code [batch, heads, queries, value channels]}. */
    final Tensor outputOf(AttentionInputs in) {
        return rows(output, in);
    }

    /** Value channels of each row of the last chunk. */
    final Tensor rows(FloatArray numbers, AttentionInputs in) {
        long[] shape = in.query().shape();
        shape[3] = in.value().size(3);
        long row = layout.valueChannels();
        long head = layout.queryCapacity() * row;
        return Staging.view(numbers, shape, new long[] {shape[1] * head, head, row, 1});
    }

    /** Log-sum-exp of the last chunk, {@code [batch, heads, queries]}. */
    final Tensor logSumExpOf(AttentionInputs in) {
        return perRow(logSumExp, in);
    }

    /** A number for each row of the last chunk, {@code [batch, heads, queries]}. */
    final Tensor perRow(FloatArray numbers, AttentionInputs in) {
        long[] shape = in.query().shape();
        return Staging.view(
                numbers,
                new long[] {shape[0], shape[1], shape[2]},
                new long[] {shape[1] * layout.queryCapacity(), layout.queryCapacity(), 1});
    }

    /**
     * Sums a query chunk over the keys that were loaded, not normalised; in staged steps only.
     *
     * @param in the same heads and keys, queries that fit the layout
     */
    abstract CallTiming summarize(AttentionInputs in);

    /** The sums that {@link #summarize} left. */
    abstract DeviceCall.Rows sumsOf(AttentionInputs in);

    @Override
    public void close() {
        tasks().close();
    }
}
