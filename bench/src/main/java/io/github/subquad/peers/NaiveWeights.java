package io.github.subquad.peers;

import io.github.subquad.KeptWeights;

import java.util.List;

/** The heads of a call, each with a matrix of its weights. */
final class NaiveWeights implements KeptWeights {
    private List<NaiveHead> heads;
    private final long bytes;

    /**
     * Weights of a call.
     *
     * @param heads attended, each in a matrix of its own
     * @param bytes of all matrices
     */
    NaiveWeights(List<NaiveHead> heads, long bytes) {
        this.heads = heads;
        this.bytes = bytes;
    }

    /** Until it is closed. */
    List<NaiveHead> heads() {
        return heads;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    /** Lets the garbage collector have them. */
    @Override
    public void close() {
        heads = List.of();
    }
}
