package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.CallTiming;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * One call on a device, cut by a {@link Layout}: slabs of heads; for each, slabs of keys that stay
 * on the device while the query chunks pass. Where there are several slabs of keys, the rows'
 * states are merged on the host, from the first slab to the last.
 */
final class DeviceCall {
    private final AttentionInputs in;
    private final Layout layout;
    private final ForwardProgram program;
    private final @Nullable KeptChunks kept;
    private CallTiming time = CallTiming.ZERO;

    DeviceCall(AttentionInputs in, Layout layout, ForwardProgram program) {
        this(in, layout, program, null);
    }

    /**
     * A call that keeps weights.
     *
     * @param program of step 2 if there are weights to keep
     * @param kept where they go, or null
     */
    DeviceCall(
            AttentionInputs in, Layout layout, ForwardProgram program, @Nullable KeptChunks kept) {
        this.in = in;
        this.layout = layout;
        this.program = program;
        this.kept = kept;
    }

    /** Where the time went. */
    CallTiming time() {
        return time;
    }

    /** Does something with a chunk of queries whose keys are on the device. */
    private interface Visitor {
        /**
         * One chunk of queries and one slab of keys.
         *
         * @param slab its heads
         * @param firstQuery of the call
         * @param rows heads, queries and keys
         * @param firstKey of the call
         * @param lastKeys whether this is the last slab of keys
         * @param spoilt values that were taken out of the slab, or null
         */
        void visit(
                Slab slab,
                long firstQuery,
                AttentionInputs rows,
                long firstKey,
                boolean lastKeys,
                @Nullable SpoiltValues spoilt);
    }

    private void walk(Visitor visitor) {
        for (Slab slab : Slab.of(in, layout.keyHeads())) {
            AttentionInputs heads = slab.of(in);
            long queries = layout.queriesOfALaunch(heads, program.capacity);
            long firstKey = 0;
            do {
                AttentionInputs keys = heads.narrowKeys(firstKey, layout.keySlab());
                time = time.plus(program.load(keys));
                for (long first = 0; first < in.queryTokens(); first += queries) {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new CancellationException("attention was interrupted");
                    }
                    visitor.visit(
                            slab,
                            first,
                            keys.narrowQueries(first, queries),
                            firstKey,
                            firstKey + layout.keySlab() >= in.keyTokens(),
                            program.spoilt());
                }
                firstKey += layout.keySlab();
            } while (firstKey < in.keyTokens());
        }
    }

    /** Attends all queries to all keys. */
    void attend(AttentionOutputs out) {
        Map<Long, AttnChunk> states = new HashMap<>();
        walk(
                (slab, first, rows, firstKey, lastKeys, spoilt) -> {
                    time = time.plus(attend(slab, first, rows, firstKey));
                    long start = System.nanoTime();
                    Tensor output = program.outputOf(rows);
                    if (spoilt != null) {
                        spoilt.mark(rows, output);
                    }
                    AttentionOutputs place =
                            placeOf(slab, out).narrowQueries(first, rows.queryTokens());
                    if (!layout.hasSlabs()) {
                        store(place, output, program.logSumExpOf(rows));
                    } else {
                        AttnChunk state = normalized(output, program.logSumExpOf(rows));
                        AttnChunk all =
                                AttnChunk.merge(states.getOrDefault(first, AttnChunk.EMPTY), state);
                        states.put(first, all);
                        if (lastKeys) {
                            place.store(states.remove(first));
                        }
                    }
                    long nanos = System.nanoTime() - start;
                    time =
                            time.plus(
                                    layout.hasSlabs()
                                            ? new CallTiming(0, 0, 0, 0, nanos)
                                            : new CallTiming(0, 0, 0, nanos, 0));
                });
    }

    private CallTiming attend(Slab slab, long firstQuery, AttentionInputs rows, long firstKey) {
        if (kept == null) {
            return program.attend(rows, layout.kvChunk());
        }
        var tiled = (TiledProgram) program;
        return tiled.attend(
                rows,
                layout.kvChunk(),
                (chunk, start) -> {
                    KeptPair room = kept.add(slab, firstQuery, firstKey + start, chunk);
                    if (room != null) {
                        tiled.keep(chunk, room);
                    }
                });
    }

    private static AttentionOutputs placeOf(Slab slab, AttentionOutputs out) {
        return new AttentionOutputs(
                slab.queryHeads(out.output()), slab.queryHeadsOrNull(out.logSumExp()), out.meter());
    }

    private void store(AttentionOutputs place, Tensor output, Tensor logSumExp) {
        place.output().copyFrom(output);
        Tensor wanted = place.logSumExp();
        if (wanted != null) {
            wanted.copyFrom(logSumExp);
        }
        place.meter().advance(output.size(0) * output.size(1) * output.size(2));
    }

    /**
     * Normalised rows are sums too: of weights relative to their log-sum-exp, which add up to 1.
     */
    private static AttnChunk normalized(Tensor output, Tensor logSumExp) {
        float[] reference = logSumExp.toFloatArray();
        float[] sums = new float[reference.length];
        for (int row = 0; row < sums.length; row++) {
            sums[row] = reference[row] == Float.NEGATIVE_INFINITY ? 0 : 1;
        }
        return new AttnChunk(output.toFloatArray(), sums, reference);
    }

    /** The sums over all keys, not normalised; for staged steps. */
    AttnChunk summarize() {
        var staged = (StagedProgram) program;
        AttentionShape shape = in.shape();
        AttnChunk all =
                AttnChunk.empty(
                        Math.toIntExact(shape.queryHeads() * shape.queryTokens()),
                        Math.toIntExact(shape.valueChannels()));
        ChunkRows places = ChunkRows.of(all, in);
        walk(
                (slab, first, rows, firstKey, lastKeys, spoilt) -> {
                    time = time.plus(staged.summarize(rows, layout.kvChunk()));
                    long start = System.nanoTime();
                    ChunkRows sums = staged.sumsOf(rows);
                    if (spoilt != null) {
                        spoilt.mark(rows, sums.values());
                    }
                    ChunkRows place = places.narrow(slab, first, rows.queryTokens());
                    place.write(place.read().mergeInPlace(sums.read()));
                    time = time.plus(new CallTiming(0, 0, 0, 0, System.nanoTime() - start));
                });
        return all;
    }
}
