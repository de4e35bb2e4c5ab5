package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.CallTiming;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** A program that attends. */
abstract class ForwardProgram extends Program {
    final FloatArray output;
    private @Nullable SpoiltValues spoilt;

    ForwardProgram(Capacity capacity) {
        super(capacity);
        output = array(capacity.rows() * capacity.valueChannels());
    }

    /**
     * Brings keys and values to the device.
     *
     * @param in heads and keys that fit
     */
    final CallTiming load(AttentionInputs in) {
        long start = System.nanoTime();
        copyKeys(in);
        spoilt =
                SpoiltValues.takeFrom(
                        value, in, (int) capacity.keyCapacity(), capacity.valueChannels());
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
     * @param in the same heads and keys, queries that fit
     * @param kvChunk keys of a chunk, in staged steps
     */
    abstract CallTiming attend(AttentionInputs in, long kvChunk);

    /** Rows of the last chunk, {@code [batch, heads, queries, value channels]}. */
    final Tensor outputOf(AttentionInputs in) {
        return valueRows(output, in);
    }

    /** Log-sum-exp of the last chunk, {@code [batch, heads, queries]}. */
    final Tensor logSumExpOf(AttentionInputs in) {
        return perRow(logSumExp, in);
    }
}
