package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What changes from one launch of a kernel to the next, as whole numbers in an array that is copied
 * to the device each time: TornadoVM compiles plain parameters in as constants.
 *
 * <p>Rows of a head lie {@link #QUERY_CAPACITY} apart and keys of a head {@link #KEY_CAPACITY};
 * what lies beyond the true numbers is never looked at, or is zero.
 */
final class Frame {
    /** Query rows of each head. */
    static final int QUERIES = 0;

    /** The chunk's first key, counted from the first on the device. */
    static final int FIRST_KEY = 1;

    /** Keys of the chunk. */
    static final int KEYS = 2;

    /** Query i sees keys up to i + diagonal, both counted from the first on the device. */
    static final int DIAGONAL = 3;

    /** The bias of head h, query i, key j lies at this + the three strides' part + j. */
    static final int MASK_OFFSET = 4;

    static final int MASK_BATCH_STRIDE = 5;
    static final int MASK_HEAD_STRIDE = 6;
    static final int MASK_QUERY_STRIDE = 7;

    /** Query heads of a batch, to find the mask's batch. */
    static final int HEADS_PER_BATCH = 8;

    /** Query heads that share a key head. */
    static final int GROUP = 9;

    /** Query heads in use. */
    static final int HEADS = 10;

    static final int QUERY_CAPACITY = 11;
    static final int KEY_CAPACITY = 12;

    /** Scores of a row lie this far apart. */
    static final int CHUNK_CAPACITY = 13;

    /** Channels of query and key, padded to a multiple of 4. */
    static final int CHANNELS = 14;

    /** Channels of value and output, padded to a multiple of 4. */
    static final int VALUE_CHANNELS = 15;

    /** 1 if the gradient of the scores is wanted for hidden pairs too, where it is 0. */
    static final int WHOLE = 16;

    private static final int LENGTH = 17;

    private static final int FAR = 1 << 30;

    private Frame() {}

    static IntArray allocate() {
        return new IntArray(LENGTH);
    }

    /**
     * A diagonal in 32 bits: beyond every key, or before the first, it makes no difference how far.
     */
    static int diagonal(long diagonal) {
        return Math.clamp(diagonal, -FAR, FAR);
    }
}
