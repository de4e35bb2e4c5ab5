package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;

/**
 * A run of query rows of one head.
 *
 * @param batch index of the batch
 * @param head query head within the batch
 * @param first first query token
 * @param n how many
 */
record Rows(long batch, long head, long first, int n) {
    /** The key head that this query head shares with its group. */
    long keyHead(AttentionInputs in) {
        return head / groupSize(in);
    }

    static long groupSize(AttentionInputs in) {
        return in.query().size(1) / in.key().size(1);
    }
}
