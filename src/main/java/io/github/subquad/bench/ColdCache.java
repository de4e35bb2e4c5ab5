package io.github.subquad.bench;

import io.github.subquad.bench.machine.Environment;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.LongStream;

/**
 * Memory that is larger than the processor's caches: reading and writing all of it empties them.
 * All processors take part, each cache of a core being emptied by its core alone.
 */
final class ColdCache implements AutoCloseable {
    private static final long LEAST_BYTES = 256L << 20;

    /** Of a task: few enough for all processors to get some. */
    private static final long BLOCK = 1L << 20;

    private static final long LINE = 64;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;

    /** Takes what this machine's caches need. */
    ColdCache() {
        this(bytesFor(Environment.lastLevelCache()));
    }

    ColdCache(long bytes) {
        memory = arena.allocate(bytes, LINE);
    }

    /**
     * More than the caches hold.
     *
     * @param lastLevelCache bytes of the last of them, 0 if not known
     */
    static long bytesFor(long lastLevelCache) {
        return Math.max(LEAST_BYTES, 2 * lastLevelCache);
    }

    void evict() {
        LongStream.range(0, Math.ceilDiv(memory.byteSize(), BLOCK))
                .parallel()
                .forEach(block -> touch(block * BLOCK));
    }

    private void touch(long from) {
        long end = Math.min(from + BLOCK, memory.byteSize());
        for (long at = from; at < end; at += LINE) {
            memory.set(ValueLayout.JAVA_LONG, at, memory.get(ValueLayout.JAVA_LONG, at) + 1);
        }
    }

    /** The first eight bytes of each 64 count how often they were touched. */
    MemorySegment memory() {
        return memory;
    }

    @Override
    public void close() {
        arena.close();
    }
}
