package io.github.subquad;

/** What a forward pass keeps so that the backward pass need not recompute weights. */
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
