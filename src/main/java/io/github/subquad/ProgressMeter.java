package io.github.subquad;

/**
 * Counts finished rows for a {@link ProgressListener}: queries, in a backward pass keys. Engines
 * advance it; thread-safe.
 */
public final class ProgressMeter {
    /** Tells nobody. */
    public static final ProgressMeter NONE = new ProgressMeter(0, ProgressListener.NONE);

    private final ProgressListener listener;
    private final long total;
    private long done;

    ProgressMeter(long total, ProgressListener listener) {
        this.total = total;
        this.listener = listener;
    }

    /**
     * Some more rows are finished.
     *
     * @param rows how many, over all heads
     */
    public synchronized void advance(long rows) {
        done += rows;
        listener.progressed(done, total);
    }
}
