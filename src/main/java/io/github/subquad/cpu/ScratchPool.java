package io.github.subquad.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Scratch kept from call to call while sizes stay the same; counts what is held. Thread-safe. */
final class ScratchPool {
    private record Kind(ScratchSize size, float rise) {}

    private final Kernels kernels;
    private final int mostIdle;
    private final Deque<OnlineSoftmax> idle = new ArrayDeque<>();
    private Kind idleKind = new Kind(new ScratchSize(false, 0, 0, 0, 0), 0);
    private long heldBytes;
    private long peakBytes;

    ScratchPool(Kernels kernels, int mostIdle) {
        this.kernels = kernels;
        this.mostIdle = mostIdle;
    }

    /** Scratch for each thread of a call, to be given back after it. */
    synchronized List<OnlineSoftmax> borrow(ScratchSize size, float rise, int count) {
        Kind kind = new Kind(size, rise);
        if (!kind.equals(idleKind)) {
            clear();
            idleKind = kind;
        }
        List<OnlineSoftmax> borrowed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            OnlineSoftmax scratch = idle.poll();
            if (scratch == null) {
                hold(size.bytes());
                scratch = size.allocate(kernels, rise);
            }
            borrowed.add(scratch);
        }
        return borrowed;
    }

    synchronized void giveBack(ScratchSize size, float rise, List<OnlineSoftmax> scratch) {
        boolean wanted = new Kind(size, rise).equals(idleKind);
        for (OnlineSoftmax s : scratch) {
            if (wanted && idle.size() < mostIdle) {
                idle.add(s);
            } else {
                release(size.bytes());
            }
        }
    }

    /** Lets go of what nobody uses. */
    synchronized void clear() {
        heldBytes -= idle.size() * idleKind.size.bytes();
        idle.clear();
    }

    /** Counts memory of a call that is not scratch. */
    synchronized void hold(long bytes) {
        heldBytes += bytes;
        peakBytes = Math.max(peakBytes, heldBytes);
    }

    synchronized void release(long bytes) {
        heldBytes -= bytes;
    }

    synchronized long peakBytes() {
        return peakBytes;
    }
}
