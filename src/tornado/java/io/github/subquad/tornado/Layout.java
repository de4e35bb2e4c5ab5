package io.github.subquad.tornado;

import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.ChunkPlan.Buffer;
import io.github.subquad.Kernel;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * How a call is cut for a device, and the arrays that this takes: some key heads at a time with
 * their query heads, some keys at a time that stay on the device while the chunks of the queries
 * pass, and, in the staged form, chunks of those keys.
 *
 * @param shape sizes of the call
 * @param step kernels that are used
 * @param keyHeads key heads on the device at once
 * @param queryChunk query rows of a head in a launch
 * @param keySlab keys on the device at once
 * @param kvChunk keys whose scores are held at once; the slab in fused steps
 */
record Layout(
        AttentionShape shape,
        KernelStep step,
        long keyHeads,
        long queryChunk,
        long keySlab,
        long kvChunk) {
    /** Rows of a head are padded to a multiple of this: the most that a step takes at a time. */
    private static final int QUERY_MULTIPLE = 64;

    /** Numbers that kernels load together. */
    private static final int VECTOR = 4;

    /** Chunks of keys within a slab are cut at multiples of this. */
    private static final int CHUNK_MULTIPLE = 8;

    /** Keys are padded to a multiple of this. */
    private static final int KEY_MULTIPLE = 64;

    /** TornadoVM's header in front of each array, at most. */
    private static final int HEADER = 24;

    private static final int BYTES = Float.BYTES;

    /** A tile of a mask holds no more numbers than this, if one row of its heads does. */
    private static final long MASK_NUMBERS = 4L << 20;

    /** Chunks begin where a tile of keys begins, or else with a slab of their own. */
    Layout {
        if (kvChunk < keySlab && kvChunk >= CHUNK_MULTIPLE) {
            kvChunk -= kvChunk % CHUNK_MULTIPLE;
        } else if (kvChunk < CHUNK_MULTIPLE) {
            keySlab = kvChunk;
        }
    }

    long heads() {
        return keyHeads * shape.groupSize();
    }

    long queryCapacity() {
        return padded(queryChunk, QUERY_MULTIPLE);
    }

    long keyCapacity() {
        return padded(keySlab, KEY_MULTIPLE);
    }

    long chunkCapacity() {
        return padded(kvChunk, KEY_MULTIPLE);
    }

    int channels() {
        return (int) padded(shape.channels(), VECTOR);
    }

    int valueChannels() {
        return (int) padded(shape.valueChannels(), VECTOR);
    }

    /** Rows of all heads. */
    long rows() {
        return heads() * queryCapacity();
    }

    /** Numbers of a mask's tile: for all rows if there is room, for a row of each head at least. */
    long maskNumbers() {
        long row = heads() * kvChunk;
        return Math.max(row, Math.min(row * queryChunk, MASK_NUMBERS));
    }

    boolean merges() {
        return keySlab < shape.keyTokens();
    }

    private static long padded(long size, int multiple) {
        return Math.ceilDiv(Math.max(1, size), multiple) * multiple;
    }

    /** Numbers of the largest array. */
    long largestArray() {
        return arrays().stream().mapToLong(Array::numbers).max().orElseThrow();
    }

    /** Bytes of all arrays on the device. */
    long deviceBytes() {
        return arrays().stream().mapToLong(Array::bytes).sum();
    }

    /** An array that lies on the device and on the host. */
    private record Array(String purpose, long count, long numbers) {
        long bytes() {
            return count * (numbers * BYTES + HEADER);
        }
    }

    private List<Array> arrays() {
        List<Array> arrays = new ArrayList<>();
        arrays.add(new Array("keys", 1, keyHeads * keyCapacity() * channels()));
        if (step != KernelStep.FUSED_TILES) {
            arrays.add(new Array("keys transposed", 1, keyHeads * keyCapacity() * channels()));
        }
        arrays.add(new Array("values", 1, keyHeads * keyCapacity() * valueChannels()));
        arrays.add(new Array("query chunk", 1, rows() * channels()));
        arrays.add(new Array("output chunk", 1, rows() * valueChannels()));
        arrays.add(new Array("mask tile", 1, maskNumbers()));
        if (step.kernel() == Kernel.STAGED) {
            arrays.add(new Array("scores of a chunk", 1, rows() * chunkCapacity()));
            arrays.add(new Array("values of chunk and state", 2, rows() * valueChannels()));
            arrays.add(new Array("sums and maxima", 5, rows()));
        } else {
            arrays.add(new Array("log-sum-exp", 1, rows()));
        }
        return arrays;
    }

    /** Bytes of all arrays on device and host; without a mask its tile is not allocated. */
    long heldBytes(boolean masked) {
        long tile = masked ? 0 : BYTES * (maskNumbers() - 1);
        return 2 * (deviceBytes() - tile) + (merges() ? stateBytes() : 0);
    }

    /** The same as a plan for the user. */
    ChunkPlan plan(int threads) {
        List<Buffer> buffers = new ArrayList<>();
        for (Array array : arrays()) {
            long bytes = array.bytes() / array.count();
            buffers.add(new Buffer(array.purpose() + ", device", array.count(), bytes));
            buffers.add(new Buffer(array.purpose() + ", host", array.count(), bytes));
        }
        if (merges()) {
            buffers.add(new Buffer("states merged on the host", 1, stateBytes()));
        }
        return new ChunkPlan(shape, step.kernel(), queryChunk, kvChunk, keySlab, threads, buffers);
    }

    /** States of all rows of the heads at hand, and one more that is merged into them. */
    private long stateBytes() {
        long rows = heads() * (shape.queryTokens() + 2 * queryChunk);
        return BYTES * rows * (shape.valueChannels() + 2);
    }

    /** The next smaller one: fewer heads first, then rows, then keys; null if there is none. */
    @Nullable Layout smaller(long leastKeys) {
        if (keyHeads > 1) {
            return new Layout(shape, step, Math.ceilDiv(keyHeads, 2), queryChunk, keySlab, kvChunk);
        }
        if (queryChunk > QUERY_MULTIPLE) {
            return new Layout(shape, step, keyHeads, Math.ceilDiv(queryChunk, 2), keySlab, kvChunk);
        }
        boolean staged = step.kernel() == Kernel.STAGED;
        if (staged && kvChunk > Math.max(leastKeys, KEY_MULTIPLE)) {
            long half = Math.max(leastKeys, Math.ceilDiv(kvChunk, 2));
            return new Layout(shape, step, keyHeads, queryChunk, keySlab, half);
        }
        if (keySlab > Math.max(leastKeys, KEY_MULTIPLE)) {
            long half = Math.max(leastKeys, Math.ceilDiv(keySlab, 2));
            return new Layout(shape, step, keyHeads, queryChunk, half, Math.min(kvChunk, half));
        }
        return null;
    }
}
