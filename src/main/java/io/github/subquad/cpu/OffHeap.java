package io.github.subquad.cpu;

import io.github.subquad.BackendException;
import io.github.subquad.MemoryBudget;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Floats of a call outside the Java heap, freed at once when closed. */
final class OffHeap implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    /**
     * Room for some floats, zeroed.
     *
     * @param purpose what for, in a few words
     * @throws BackendException if there is not so much memory
     */
    OffHeap(long floats, String purpose) {
        try {
            segment = arena.allocate(FLOAT, floats);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new BackendException(
                    "cpu",
                    "no memory for %s of %s"
                            .formatted(MemoryBudget.format(Float.BYTES * floats), purpose),
                    "set a memory budget");
        }
    }

    void write(float[] from, int n, long at) {
        MemorySegment.copy(from, 0, segment, FLOAT, Float.BYTES * at, n);
    }

    void read(long at, float[] to, int n) {
        MemorySegment.copy(segment, FLOAT, Float.BYTES * at, to, 0, n);
    }

    void fill(long at, long n, float value) {
        for (long i = at; i < at + n; i++) {
            segment.setAtIndex(FLOAT, i, value);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
