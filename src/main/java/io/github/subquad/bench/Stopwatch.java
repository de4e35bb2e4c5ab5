package io.github.subquad.bench;

import io.github.subquad.CallTiming;
import io.github.subquad.TimingListener;

import org.jspecify.annotations.Nullable;

/** Hears where the time of the first call and of the latest call went, until it stops listening. */
final class Stopwatch implements TimingListener {
    private @Nullable CallTiming first;
    private @Nullable CallTiming latest;
    private boolean stopped;

    /** From now on calls run as they do without it. */
    synchronized void stop() {
        stopped = true;
    }

    @Override
    public synchronized boolean listens() {
        return !stopped;
    }

    @Override
    public synchronized void timed(CallTiming timing) {
        first = first == null ? timing : first;
        latest = timing;
    }

    /** What was heard; null if the engine tells nothing. */
    synchronized @Nullable DeviceTimes times() {
        return first == null || latest == null ? null : new DeviceTimes(first, latest);
    }
}
