package io.github.subquad;

/** Told how far a call has come; called by one thread at a time, not always the same. */
@FunctionalInterface
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = (done, total) -> {};

    /**
     * Some rows are done.
     *
     * @param done query rows finished so far, over all heads; in a backward pass keys, over all key
     *     heads; never falls
     * @param total query rows, or keys, of the call
     */
    void progressed(long done, long total);
}
