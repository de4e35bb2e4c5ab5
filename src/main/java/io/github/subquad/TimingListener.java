package io.github.subquad;

/**
 * Told where the time of a call went, when it ends. Listening costs a little: devices then time each
 * kernel. Engines that compute on the host have nothing to tell apart, and tell nothing.
 */
@FunctionalInterface
public interface TimingListener {
    /** Hears nothing. */
    TimingListener NONE = timing -> {};

    /**
     * A call has ended.
     *
     * @param timing of this call
     */
    void timed(CallTiming timing);
}
