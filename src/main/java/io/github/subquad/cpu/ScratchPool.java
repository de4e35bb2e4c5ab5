package io.github.subquad.cpu;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Scratch kept from call to call while its kind stays the same, one kind at a time, so that no more
 * is held than one call plans; counts what is held. Thread-safe.
 */
final class ScratchPool {
    private final Kernels kernels;
    private final int mostIdle;
    private final Deque<Object> idle = new ArrayDeque<>();
    private @Nullable ScratchKind<?> idleKind;
    private long heldBytes;
    private long peakBytes;

    ScratchPool(Kernels kernels, int mostIdle) {
        this.kernels = kernels;
        this.mostIdle = mostIdle;
    }

    /** Scratch for each thread of a call, to be given back after it. */
    synchronized <T> List<T> borrow(ScratchKind<T> kind, int count) {
        if (!kind.equals(idleKind)) {
            clear();
            idleKind = kind;
        }
        List<T> borrowed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            @SuppressWarnings("unchecked") // all that is idle is of this kind
            T scratch = (T) idle.poll();
            if (scratch == null) {
                hold(kind.bytes());
                scratch = kind.allocate(kernels);
            }
            borrowed.add(scratch);
        }
        return borrowed;
    }

    synchronized <T> void giveBack(ScratchKind<T> kind, List<T> scratch) {
        boolean wanted = kind.equals(idleKind);
        for (T s : scratch) {
            if (wanted && idle.size() < mostIdle) {
                idle.add(s);
            } else {
                release(kind.bytes());
            }
        }
    }

    /** Lets go of what nobody uses. */
    synchronized void clear() {
        if (idleKind != null) {
            heldBytes -= idle.size() * idleKind.bytes();
        }
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
