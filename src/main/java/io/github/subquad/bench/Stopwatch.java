package io.github.subquad.bench;

import io.github.subquad.CallTiming;
import io.github.subquad.TimingListener;

import org.jspecify.annotations.Nullable;

/** Hears where the time of calls went, while it listens. */
final class Stopwatch implements TimingListener {
    private @Nullable CallTiming told;
    private boolean listening;

    /** Devices time each kernel for it, which costs a little. */
    synchronized void listen(boolean whether) {
        listening = whether;
    }

    /** A call begins, of one pass or two. */
    synchronized void begin() {
        told = null;
    }

    @Override
    public synchronized boolean listens() {
        return listening;
    }

    @Override
    public synchronized void timed(CallTiming timing) {
        told = told == null ? timing : told.plus(timing);
    }

    /** Of all passes since the call began; null if the engine told nothing. */
    synchronized @Nullable CallTiming told() {
        return told;
    }
}
