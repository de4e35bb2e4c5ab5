package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;

/** Which keys a query sees by position: a range, before it is a mask. */
final class Visible {
    private Visible() {}

    /** How many keys a query sees, from the first. */
    static long keys(AttentionInputs in, long query) {
        return in.seesEveryKey()
                ? in.keyTokens()
                : Math.clamp(query + in.diagonal() + 1, 0, in.keyTokens());
    }

    /**
     * The last key that a query sees, as an index into the block of n keys from {@code key}:
     * negative if none, n if all.
     */
    static int lastKey(AttentionInputs in, long query, long key, int n) {
        return in.seesEveryKey()
                ? n
                : Math.clamp(query + in.diagonal() - key, Integer.MIN_VALUE / 2, n);
    }
}
