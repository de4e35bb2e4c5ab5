package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.ChunkPlan.Buffer;
import io.github.subquad.Kernel;
import io.github.subquad.Merge;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * How a call is cut for a device: some key heads at a time with their query heads, some keys at a
 * time that stay on the device while the chunks of the queries pass, and, in the staged form,
 * chunks of those keys.
 *
 * @param shape sizes of the call
 * @param step kernels that are used
 * @param merge where chunks are merged
 * @param pass what the call is cut for
 * @param keyHeads key heads on the device at once
 * @param queryChunk query rows of a head in a launch
 * @param keySlab keys on the device at once
 * @param kvChunk keys whose scores are held at once; the slab in fused steps
 */
record Layout(
        AttentionShape shape,
        KernelStep step,
        Merge merge,
        Pass pass,
        long keyHeads,
        long queryChunk,
        long keySlab,
        long kvChunk) {
    /** Rows of a head are padded to a multiple of this: the most that a step takes at a time. */
    private static final int QUERY_MULTIPLE = 64;

    /** Keys are padded to a multiple of this. */
    private static final int KEY_MULTIPLE = 64;

    /** Chunks of keys within a slab are cut at multiples of this. */
    private static final int CHUNK_MULTIPLE = 8;

    /**
     * Backward passes read scores down the rows, too: a power of two apart these would fall on the
     * same few lines of the cache.
     */
    private static final int APART = 16;

    /** A tile of a mask holds no more numbers than this, if one row of its heads does. */
    private static final long MASK_NUMBERS = 4L << 20;

    /** Chunks begin where a tile of keys begins, or else with a slab of their own. */
    Layout {
        if (kvChunk < CHUNK_MULTIPLE || merge == Merge.HOST) {
            keySlab = kvChunk;
        } else if (kvChunk < keySlab) {
            kvChunk -= kvChunk % CHUNK_MULTIPLE;
        }
    }

    /** The arrays that this takes. */
    Capacity capacity(boolean masked) {
        long queries = Capacity.padded(queryChunk, QUERY_MULTIPLE);
        long chunk = Capacity.padded(kvChunk, KEY_MULTIPLE) + (pass.isBackward() ? APART : 0);
        long maskRow = keyHeads * shape.groupSize() * chunk;
        return new Capacity(
                step,
                pass,
                keyHeads,
                shape.groupSize(),
                queries,
                Capacity.padded(keySlab, KEY_MULTIPLE),
                chunk,
                shape.channels(),
                shape.valueChannels(),
                masked ? Math.max(maskRow, Math.min(maskRow * queries, MASK_NUMBERS)) : 0);
    }

    /** The same cut for another pass. */
    Layout of(Pass other) {
        return new Layout(shape, step, merge, other, keyHeads, queryChunk, keySlab, kvChunk);
    }

    /** As many as a chunk has, or fewer if a mask's tile has no room for them. */
    long queriesOfALaunch(AttentionInputs heads, Capacity capacity) {
        long queries = queryChunk;
        long room = capacity.maskNumbers();
        Tensor mask = heads.mask();
        while (mask != null && queries > 1 && MaskTile.elements(tileOf(mask, queries)) > room) {
            queries = Math.ceilDiv(queries, 2);
        }
        return queries;
    }

    private Tensor tileOf(Tensor mask, long queries) {
        return mask.narrow(2, 0, Math.min(queries, mask.size(2)))
                .narrow(3, 0, Math.min(kvChunk, mask.size(3)));
    }

    /** Whether there are several slabs of keys. */
    boolean hasSlabs() {
        return keySlab < shape.keyTokens();
    }

    /**
     * The same as a plan for the user; with the tile of a mask, whether there will be one or not.
     */
    ChunkPlan plan(int threads) {
        List<Buffer> buffers = new ArrayList<>();
        for (Capacity.Array array : capacity(true).arrays()) {
            buffers.add(
                    new Buffer(array.purpose() + ", device", array.count(), array.bytes(), true));
            buffers.add(new Buffer(array.purpose() + ", host", array.count(), array.bytes()));
        }
        if (pass.isBackward()) {
            long row = Float.BYTES * shape.valueChannels();
            buffers.add(new Buffer("output and gradient of a head's chunk", 2, queryChunk * row));
            if (hasSlabs()) {
                long rows = keyHeads * shape.groupSize() * shape.queryTokens();
                long bytes = Float.BYTES * rows * shape.channels();
                buffers.add(new Buffer("gradient of queries, summed on the host", 1, bytes));
            }
        } else if (merge == Merge.HOST) {
            buffers.add(new Buffer("states of a chunk's rows", 3, hostStateBytes(queryChunk)));
        } else if (hasSlabs()) {
            long rows = shape.queryTokens() + 2 * queryChunk;
            buffers.add(new Buffer("states merged on the host", 1, hostStateBytes(rows)));
        }
        return new ChunkPlan(shape, step.kernel(), queryChunk, kvChunk, keySlab, threads, buffers);
    }

    /** Sums, their weights and maxima on the host, for some rows of every head at hand. */
    private long hostStateBytes(long queries) {
        long heads = merge == Merge.HOST ? shape.queryHeads() : keyHeads * shape.groupSize();
        return Float.BYTES * heads * queries * (shape.valueChannels() + 2);
    }

    /** The next smaller one: fewer heads first, then rows, then keys; null if there is none. */
    @Nullable Layout smaller(long leastKeys) {
        if (keyHeads > 1) {
            return with(Math.ceilDiv(keyHeads, 2), queryChunk, keySlab, kvChunk);
        }
        if (queryChunk > QUERY_MULTIPLE) {
            return with(keyHeads, Math.ceilDiv(queryChunk, 2), keySlab, kvChunk);
        }
        long least = Math.max(leastKeys, KEY_MULTIPLE);
        if (step.kernel() == Kernel.STAGED && kvChunk > least) {
            return with(keyHeads, queryChunk, keySlab, half(kvChunk, least));
        }
        if (keySlab > least) {
            long half = half(keySlab, least);
            return with(keyHeads, queryChunk, half, Math.min(kvChunk, half));
        }
        return null;
    }

    /** Rounded up, so that the least is kept when chunks are cut at multiples. */
    private static long half(long keys, long least) {
        return Capacity.padded(Math.max(least, Math.ceilDiv(keys, 2)), CHUNK_MULTIPLE);
    }

    private Layout with(long keyHeads, long queryChunk, long keySlab, long kvChunk) {
        return new Layout(shape, step, merge, pass, keyHeads, queryChunk, keySlab, kvChunk);
    }
}
