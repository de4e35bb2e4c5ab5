package io.github.subquad.peers;

import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.Kernel;

import org.jspecify.annotations.Nullable;

/**
 * What a peer cannot do, said in the words that stand beside a skipped row.
 *
 * @param peer its name in those words
 */
record Refusals(String peer) {
    /**
     * Refuses what no peer can do, and a form of evaluation that is not this peer's.
     *
     * @param options of the calls
     * @param form of the peer
     * @throws IllegalArgumentException naming the option
     */
    void check(AttentionOptions options, Kernel form) {
        if (options.returnLogSumExp()) {
            throw new IllegalArgumentException(
                    "returnLogSumExp: %s gives no log-sum-exp, expected false".formatted(peer));
        }
        if (options.maskGradient()) {
            throw new IllegalArgumentException(
                    "maskGradient: %s gives no gradient of a mask, expected false".formatted(peer));
        }
        if (options.kernel() != Kernel.AUTO && options.kernel() != form) {
            throw new IllegalArgumentException(
                    "kernel: expected AUTO or %s for %s, got %s"
                            .formatted(form, peer, options.kernel()));
        }
    }

    /**
     * Refuses chunk sizes.
     *
     * @param options of the calls
     * @throws IllegalArgumentException naming the option
     */
    void checkNoChunks(AttentionOptions options) {
        checkNone("queryChunkSize", options.queryChunkSize());
        checkNone("kvChunkSize", options.kvChunkSize());
    }

    /**
     * Refuses a memory budget, which nobody could keep without knowing the library's memory.
     *
     * @param options of the calls
     * @throws IllegalArgumentException naming the option
     */
    void checkNoBudget(AttentionOptions options) {
        checkNone("memoryBudget", options.memoryBudget());
    }

    private void checkNone(String option, @Nullable Object given) {
        if (given != null) {
            throw new IllegalArgumentException(
                    "%s: %s cannot be told, expected none, got %s".formatted(option, peer, given));
        }
    }

    /**
     * Refuses causality.
     *
     * @param options of the calls
     * @throws IllegalArgumentException naming the option
     */
    void checkNotCausal(AttentionOptions options) {
        if (options.causal() != Causal.NONE) {
            throw new IllegalArgumentException(
                    "causal: %s sees all keys, expected NONE, got %s"
                            .formatted(peer, options.causal()));
        }
    }

    /**
     * Refuses an alignment that is not the library's, at the top left. Both are one where there are
     * as many queries as keys; and one query, at the bottom right, sees all keys.
     *
     * @param options of the calls
     * @param shape of the call
     * @throws IllegalArgumentException naming the option
     */
    void checkTopLeft(AttentionOptions options, AttentionShape shape) {
        if (options.causal() == Causal.BOTTOM_RIGHT) {
            checkAligned(options, shape);
        }
    }

    /**
     * Refuses causality with other than as many queries as keys, where the library means something
     * of its own. One query, at the bottom right, sees all keys.
     *
     * @param options of the calls
     * @param shape of the call
     * @throws IllegalArgumentException naming the option
     */
    void checkAligned(AttentionOptions options, AttentionShape shape) {
        boolean seesAll =
                options.causal() == Causal.NONE
                        || (options.causal() == Causal.BOTTOM_RIGHT && shape.queryTokens() == 1);
        if (!seesAll && shape.queryTokens() != shape.keyTokens()) {
            throw new IllegalArgumentException(
                    "causal: %s has no %s alignment of %d queries and %d keys, expected as many"
                                    .formatted(
                                            peer,
                                            options.causal(),
                                            shape.queryTokens(),
                                            shape.keyTokens())
                            + " queries as keys");
        }
    }

    /**
     * Refuses grouped heads.
     *
     * @param shape of the call
     * @throws IllegalArgumentException naming the heads
     */
    void checkNotGrouped(AttentionShape shape) {
        if (shape.groupSize() != 1) {
            throw new IllegalArgumentException(
                    "key heads: %s groups no heads, expected %d, got %d"
                            .formatted(peer, shape.queryHeads(), shape.keyHeads()));
        }
    }

    /**
     * Refuses gradients.
     *
     * @param reason why there are none
     * @return to be thrown
     */
    UnsupportedOperationException noGradients(String reason) {
        return new UnsupportedOperationException(
                "%s gives no gradients: %s".formatted(peer, reason));
    }

    /**
     * Refuses something about a tensor of a call.
     *
     * @param tensor its name
     * @param expected what the peer takes
     * @param got what came
     * @return to be thrown
     */
    IllegalArgumentException wrong(String tensor, String expected, Object got) {
        return new IllegalArgumentException(
                "%s: %s takes %s, got %s".formatted(tensor, peer, expected, got));
    }
}
