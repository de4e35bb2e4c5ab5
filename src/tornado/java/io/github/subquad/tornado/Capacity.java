package io.github.subquad.tornado;

import io.github.subquad.Kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * The arrays of a program, and what its kernels are compiled for. Calls of many shapes fit the
 * same: how much of the arrays they use is told by the {@link Frame}.
 *
 * @param step its kernels
 * @param pass what it is for; backward passes have the arrays of step 2
 * @param keyHeads key heads
 * @param group query heads that share one
 * @param queryCapacity query rows of a head
 * @param keyCapacity keys
 * @param chunkCapacity keys whose scores are held; the same in fused steps
 * @param trueChannels channels of query and key, before they are padded
 * @param trueValueChannels channels of value and output, before they are padded
 * @param maskNumbers numbers of a mask's tile, 0 if there is no mask
 */
record Capacity(
        KernelStep step,
        Pass pass,
        long keyHeads,
        long group,
        long queryCapacity,
        long keyCapacity,
        long chunkCapacity,
        long trueChannels,
        long trueValueChannels,
        long maskNumbers) {
    /** Numbers that kernels load together. */
    private static final int VECTOR = 4;

    /**
     * Beside its numbers an array has TornadoVM's header of up to 24 bytes, and one of vectors the
     * object around it.
     */
    private static final int HEADERS = 64;

    long heads() {
        return keyHeads * group;
    }

    /** Rows of all heads. */
    long rows() {
        return heads() * queryCapacity;
    }

    int channels() {
        return (int) padded(trueChannels, VECTOR);
    }

    int valueChannels() {
        return (int) padded(trueValueChannels, VECTOR);
    }

    boolean masked() {
        return maskNumbers > 0;
    }

    /** The least multiple that is no smaller, and not 0. */
    static long padded(long size, int multiple) {
        return Math.ceilDiv(Math.max(1, size), multiple) * multiple;
    }

    /**
     * Some equal arrays, each on the device and on the host.
     *
     * @param purpose what for, in a few words
     * @param count how many
     * @param numbers of each
     */
    record Array(String purpose, long count, long numbers) {
        long bytes() {
            return numbers * Float.BYTES + HEADERS;
        }
    }

    /** Every array, but for a few bytes of frame and scale. */
    List<Array> arrays() {
        return pass.isBackward() ? arraysOfGradients() : arraysOfAttention();
    }

    private List<Array> arraysOfGradients() {
        long keys = keyHeads * keyCapacity;
        List<Array> arrays = new ArrayList<>();
        arrays.add(new Array("keys", 1, keys * channels()));
        arrays.add(new Array("keys transposed", 1, keys * channels()));
        arrays.add(new Array("values", 1, keys * valueChannels()));
        arrays.add(new Array("values transposed", 1, keys * valueChannels()));
        arrays.add(new Array("gradient of keys", 1, keys * channels()));
        arrays.add(new Array("gradient of values", 1, keys * valueChannels()));
        arrays.add(new Array("query chunk", 2, rows() * channels()));
        arrays.add(new Array("gradient of an output chunk", 1, rows() * valueChannels()));
        arrays.add(new Array("gradient of a query chunk", 2, rows() * channels()));
        arrays.add(new Array("log-sum-exp and delta", 3, rows()));
        arrays.add(new Array("mask tile", 1, Math.max(1, maskNumbers)));
        arrays.add(new Array("weights of a pair and gradient", 2, rows() * chunkCapacity));
        if (pass == Pass.BACKWARD_OF_KEPT) {
            arrays.add(new Array("kept weights of a pair", 1, rows() * chunkCapacity));
            arrays.add(new Array("their maxima", 1, rows()));
        }
        return arrays;
    }

    private List<Array> arraysOfAttention() {
        List<Array> arrays = new ArrayList<>();
        arrays.add(new Array("keys", 1, keyHeads * keyCapacity * channels()));
        if (step != KernelStep.FUSED_TILES) {
            arrays.add(new Array("keys transposed", 1, keyHeads * keyCapacity * channels()));
        }
        arrays.add(new Array("values", 1, keyHeads * keyCapacity * valueChannels()));
        arrays.add(new Array("query chunk", 1, rows() * channels()));
        arrays.add(new Array("output chunk", 1, rows() * valueChannels()));
        arrays.add(new Array("mask tile", 1, Math.max(1, maskNumbers)));
        if (step.kernel() == Kernel.STAGED) {
            arrays.add(new Array("scores of a chunk", 1, rows() * chunkCapacity));
            arrays.add(new Array("values of chunk and state", 2, rows() * valueChannels()));
            arrays.add(new Array("sums and maxima", 5, rows()));
        } else {
            arrays.add(new Array("log-sum-exp", 1, rows()));
        }
        return arrays;
    }

    /** Numbers of the largest array. */
    long largestArray() {
        return arrays().stream().mapToLong(Array::numbers).max().orElseThrow();
    }

    /** Bytes of all arrays, on the device and on the host. */
    long bytes() {
        return 2 * deviceBytes();
    }

    /** Bytes of all arrays on the device; as many are on the host. */
    long deviceBytes() {
        return arrays().stream().mapToLong(array -> array.count() * array.bytes()).sum();
    }
}
