package io.github.subquad.bench;

import io.github.subquad.CallTiming;
import io.github.subquad.TimingListener;

import org.jspecify.annotations.Nullable;

/** Hears where the time of calls went, while it listens. */
final class Stopwatch implements TimingListener {
    private @Nullable CallTiming latest;
    private boolean listening;

    /** Devices time each kernel for it, which costs a little. */
    synchronized void listen(boolean whether) {
        listening = whether;
    }

    @Override
    public synchronized boolean listens() {
        return listening;
    }

    @Override
    public synchronized void timed(CallTiming timing) {
        latest = timing;
    }

    /** Of the latest call that was listened to; null if the engine tells nothing. */
    synchronized @Nullable CallTiming latest() {
        return latest;
    }
}
