package io.github.subquad;

/**
 * Told where the time of a call went, when it ends. Engines that compute on the host have nothing
 * to tell apart, and tell nothing.
 */
@FunctionalInterface
public interface TimingListener {
    /** Hears nothing. */
    TimingListener NONE =
            new TimingListener() {
                @Override
                public boolean listens() {
                    return false;
                }

                @Override
                public void timed(CallTiming timing) {}
            };

    /**
     * Asked when a call begins: listening costs a little, since devices then time each kernel, and
     * some keep a log of it until their session is closed: listen to a few calls.
     *
     * @return whether to time the call
     */
    default boolean listens() {
        return true;
    }

    /**
     * A call that was listened to has ended.
     *
     * @param timing of this call
     */
    void timed(CallTiming timing);
}
