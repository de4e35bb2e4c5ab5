package io.github.subquad;

/** Weights of a forward pass, kept by an engine for the backward pass. */
public interface KeptWeights extends AutoCloseable {
    /** Nothing: all weights are recomputed. */
    KeptWeights NONE =
            new KeptWeights() {
                @Override
                public long bytes() {
                    return 0;
                }

                @Override
                public void close() {}
            };

    /**
     * What is held.
     *
     * @return bytes
     */
    long bytes();

    /** Frees the memory; closing twice does nothing. */
    @Override
    void close();
}
