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
abstract class StagedProgram extends Program {
    final FloatArray stateMax;
    final FloatArray stateSum;
    final FloatArray stateValues;

    StagedProgram(Layout layout, boolean masked) {
        super(layout, masked);
        stateMax = array(layout.rows());
        stateSum = array(layout.rows());
        stateValues = array(layout.rows() * layout.valueChannels());
    }

    @Override
    final CallTiming attend(AttentionInputs in) {
        return accumulate(in).plus(tasks().run("finish"));
    }

    @Override
    final CallTiming summarize(AttentionInputs in) {
        return accumulate(in).plus(tasks().fetch("chunk"));
    }

    @Override
    final DeviceCall.Rows sumsOf(AttentionInputs in) {
        return new DeviceCall.Rows(
                rows(stateValues, in), perRow(stateSum, in), perRow(stateMax, in));
    }

    /** Merges chunk after chunk of the keys into the state of the queries. */
    private CallTiming accumulate(AttentionInputs in) {
        CallTiming time = copyQuery(in).plus(tasks().run("query"));
        long start = 0;
        do {
            AttentionInputs chunk = in.narrowKeys(start, layout.kvChunk());
            frame.set(Frame.FIRST_KEY, (int) start);
            frame.set(Frame.KEYS, (int) chunk.keyTokens());
            if (start == 0 || chunk.seesAnyKey()) {
                time = time.plus(copyMask(chunk.mask(), (int) start)).plus(tasks().run("chunk"));
            }
            start += layout.kvChunk();
        } while (start < in.keyTokens());
        return time;
    }
}
