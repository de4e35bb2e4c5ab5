package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.BackwardInputs;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * A backward pass on a device, cut as a {@link DeviceCall} is: slabs of heads; for each, slabs of
 * keys that stay on the device, with their gradients, while the chunks of the queries pass. The
 * gradient of the queries is summed on the host over several slabs of keys, that of the mask over
 * whatever repeats it, both in the order of the walk.
 */
final class GradientCall {
    private final BackwardInputs in;
    private final Layout layout;
    private final GradientProgram program;
    private final @Nullable KeptChunks kept;

    /**
     * A pass.
     *
     * @param kept weights of the forward pass, null if there are none
     */
    GradientCall(
            BackwardInputs in, Layout layout, GradientProgram program, @Nullable KeptChunks kept) {
        this.in = in;
        this.layout = layout;
        this.program = program;
        this.kept = kept;
    }

    /** Rows of a chunk of queries whose gradient of the output held NaN or infinities. */
    private record Spoilt(AttentionInputs rows, SpoiltValues values) {}

    /** Differentiates; whatever the gradients held is overwritten. */
    void differentiate(GradientPlaces out) {
        if (out.mask() != null) {
            out.mask().fill(0);
        }
        for (Slab slab : Slab.of(in.call(), layout.keyHeads())) {
            differentiate(slab, slab.of(in), slab.of(out));
        }
    }

    private void differentiate(Slab slab, BackwardInputs heads, GradientPlaces out) {
        Tensor query = out.query().fill(0);
        for (long first = 0; first < in.call().keyTokens(); first += layout.keySlab()) {
            differentiateKeys(slab, first, heads.narrowKeys(first, layout.keySlab()), query, out);
        }
    }

    private void differentiateKeys(
            Slab slab, long firstKey, BackwardInputs keys, Tensor query, GradientPlaces out) {
        AttentionInputs call = keys.call();
        long length = call.keyTokens();
        long queries = layout.queriesOfALaunch(call, program.capacity);
        Tensor key = out.key().narrow(2, firstKey, length);
        Tensor value = out.value().narrow(2, firstKey, length);
        Tensor mask = out.mask() == null ? null : out.mask().narrow(3, firstKey, length);
        List<Spoilt> spoilt = new ArrayList<>();
        boolean any = false;
        program.load(call);
        for (long first = 0; first < call.queryTokens(); first += queries) {
            BackwardInputs rows = keys.narrowQueries(first, queries);
            if (!rows.call().seesAnyKey()) {
                continue;
            }
            SpoiltValues taken = program.loadQueries(rows);
            if (taken != null) {
                spoilt.add(new Spoilt(rows.call(), taken));
            }
            long count = rows.call().queryTokens();
            Tensor maskRows = mask == null ? null : mask.narrow(2, first, count);
            differentiatePairs(slab, first, firstKey, rows, maskRows);
            any = true;
            Tensor place = query.narrow(2, first, count);
            Tensor part = program.gradQuery(rows.call());
            if (layout.hasSlabs()) {
                place.addFrom(part);
            } else {
                place.copyFrom(part);
            }
        }
        if (any) {
            program.fetchKeys();
            key.copyFrom(program.gradKey(call));
            value.copyFrom(program.gradValue(call));
            spoilt.forEach(chunk -> chunk.values.markKeys(chunk.rows, value));
        } else {
            key.fill(0);
            value.fill(0);
        }
        out.progress().accept(call.key().size(0) * call.key().size(1) * length);
    }

    /** A chunk of queries with one chunk of the keys after the other. */
    private void differentiatePairs(
            Slab slab, long firstQuery, long firstKey, BackwardInputs rows, @Nullable Tensor mask) {
        KeptChunks usable = kept == null || isSpoilt(rows.logSumExp()) ? null : kept;
        for (long start = 0; start < rows.call().keyTokens(); start += layout.kvChunk()) {
            AttentionInputs chunk = rows.call().narrowKeys(start, layout.kvChunk());
            if (!chunk.seesAnyKey()) {
                continue;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("the backward pass was interrupted");
            }
            KeptPair pair =
                    usable == null ? null : usable.get(slab, firstQuery, firstKey + start, chunk);
            if (pair == null) {
                program.differentiate(chunk, start, mask != null);
            } else {
                program.differentiate(chunk, start, mask != null, pair);
            }
            if (mask != null) {
                mask.narrow(3, start, chunk.keyTokens()).addFrom(program.gradScores(chunk));
            }
        }
    }

    /** Weights of a row that met NaN or infinity are 0, and do not tell which pairs are hidden. */
    private static boolean isSpoilt(Tensor logSumExp) {
        for (float row : logSumExp.toFloatArray()) {
            if (Float.isNaN(row)) {
                return true;
            }
        }
        return false;
    }
}
