package io.github.subquad.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory that is larger than the processor's caches: reading and writing all of it empties them.
 */
final class ColdCache implements AutoCloseable {
    private static final long BYTES = 256L << 20;
    private static final long LINE = 64;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(BYTES);

    void evict() {
        for (long at = 0; at < BYTES; at += LINE) {
            memory.set(ValueLayout.JAVA_LONG, at, memory.get(ValueLayout.JAVA_LONG, at) + 1);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
