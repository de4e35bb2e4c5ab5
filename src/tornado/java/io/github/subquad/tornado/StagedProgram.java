package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.CallTiming;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A staged step on the device: four graphs in one plan. {@code load} brings keys and values, {@code
 * query} a chunk of queries with an empty state, {@code chunk} summarises some keys and merges them
 * into the state, {@code finish} normalises and brings the rows back.
 *
 * <p>TornadoVM hands device buffers from one graph to the very next alone, so each takes over all
 * that a later one needs, and leaves it there.
 */
abstract class StagedProgram extends ForwardProgram {
    final FloatArray stateMax;
    final FloatArray stateSum;
    final FloatArray stateValues;

    StagedProgram(Capacity capacity) {
        super(capacity);
        stateMax = array(capacity.rows());
        stateSum = array(capacity.rows());
        stateValues = array(capacity.rows() * capacity.valueChannels());
    }

    /** Looks at a chunk of keys whose weights are on the device. */
    @FunctionalInterface
    interface ChunkVisitor {
        /** Looks at nothing. */
        ChunkVisitor NONE = (chunk, start) -> {};

        /**
         * After a chunk.
         *
         * @param chunk queries and keys
         * @param start first key, counted from the first that was loaded
         */
        void visit(AttentionInputs chunk, long start);
    }

    @Override
    final CallTiming attend(AttentionInputs in, long kvChunk) {
        return attend(in, kvChunk, ChunkVisitor.NONE);
    }

    /** The same, with a look at each chunk. */
    final CallTiming attend(AttentionInputs in, long kvChunk, ChunkVisitor visitor) {
        return accumulate(in, kvChunk, visitor).plus(tasks().run("finish"));
    }

    /**
     * Sums a query chunk over the keys that were loaded, not normalised.
     *
     * @param in the same heads and keys, queries that fit
     * @param kvChunk keys of a chunk
     */
    final CallTiming summarize(AttentionInputs in, long kvChunk) {
        return accumulate(in, kvChunk, ChunkVisitor.NONE).plus(tasks().fetch("chunk"));
    }

    /** The sums that {@link #summarize} left. */
    final ChunkRows sumsOf(AttentionInputs in) {
        return new ChunkRows(
                valueRows(stateValues, in), perRow(stateSum, in), perRow(stateMax, in));
    }

    /** Merges chunk after chunk of the keys into the state of the queries. */
    private CallTiming accumulate(AttentionInputs in, long kvChunk, ChunkVisitor visitor) {
        CallTiming time = copyQuery(in).plus(tasks().run("query"));
        long start = 0;
        do {
            AttentionInputs chunk = in.narrowKeys(start, kvChunk);
            frame.set(Frame.FIRST_KEY, (int) start);
            frame.set(Frame.KEYS, (int) chunk.keyTokens());
            if (start == 0 || chunk.seesAnyKey()) {
                time = time.plus(copyMask(chunk.mask(), (int) start)).plus(tasks().run("chunk"));
                visitor.visit(chunk, start);
            }
            start += kvChunk;
        } while (start < in.keyTokens());
        return time;
    }
}
