package io.github.subquad.cpu;

import io.github.subquad.BackendException;
import io.github.subquad.Device;
import io.github.subquad.RoofProbe;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * What the processor's cores can do together at most, on workers such as the engine's. Where caches
 * hold a good part of {@link #BUFFER_BYTES}, as those of 384 MiB of some servers do, some of the
 * bytes come from them, and copy and read are shown higher than memory alone allows.
 */
final class CpuRoofProbe implements RoofProbe {
    /** Some times what most caches hold. */
    static final long BUFFER_BYTES = 512L << 20;

    /** Bytes of a task: few enough for the threads to end together. */
    private static final long BLOCK = 1 << 20;

    /** For each thread, which makes some tens of milliseconds. */
    private static final long CHAIN_TASKS = 200;

    private final Device device;
    private final int threads;
    private final RoofLoops loops;
    private final long halfBytes;
    private final Workers workers;
    private final Arena arena = Arena.ofShared();
    private @Nullable MemorySegment memory;

    /**
     * Takes memory and threads when they are first needed.
     *
     * @param bufferBytes a multiple of 2 MiB: half of it is copied to the other half
     */
    CpuRoofProbe(Device device, int threads, RoofLoops loops, long bufferBytes) {
        this.device = device;
        this.threads = threads;
        this.loops = loops;
        halfBytes = bufferBytes / 2;
        workers = new Workers(threads);
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public Work multiplyAdd() {
        long tasks = CHAIN_TASKS * threads;
        int steps = loops.steps();
        var sum = new DoubleAdder();
        long nanos = time(tasks, (task, slot) -> sum.add(loops.multiplyAdd(steps, 1, 1)));
        double expected = (double) tasks * steps * loops.chains();
        if (sum.sum() != expected) {
            throw new BackendException(
                    device.address(),
                    "multiply-adds gave %s, expected %s".formatted(sum.sum(), expected),
                    "please report this");
        }
        return new Work(2 * expected, nanos);
    }

    /** Halves alike once this has run; before it, ones and zeros. */
    @Override
    public Work copy() {
        MemorySegment all = memory();
        long nanos =
                time(
                        halfBytes / BLOCK,
                        (task, slot) -> {
                            long from = task * BLOCK;
                            MemorySegment.copy(all, from, all, halfBytes + from, BLOCK);
                        });
        return new Work(2.0 * halfBytes, nanos);
    }

    @Override
    public Work read() {
        return new Work(2.0 * halfBytes, sum(new DoubleAdder()));
    }

    /**
     * Adds up both halves.
     *
     * @param sum given what they hold
     * @return nanoseconds
     */
    long sum(DoubleAdder sum) {
        MemorySegment all = memory();
        return time(
                2 * halfBytes / BLOCK,
                (task, slot) -> sum.add(loops.sum(all, task * BLOCK, BLOCK)));
    }

    /** An empty task for each thread. */
    @Override
    public Work roundTrip() {
        return new Work(1, time(threads, (task, slot) -> {}));
    }

    private long time(long tasks, Workers.Task task) {
        long start = System.nanoTime();
        workers.run(tasks, threads, task);
        return Math.max(1, System.nanoTime() - start);
    }

    /** Written by the workers, each its part, so that it lies near them. */
    private MemorySegment memory() {
        MemorySegment all = memory;
        if (all == null) {
            MemorySegment made = arena.allocate(2 * halfBytes, 64);
            workers.run(
                    2 * halfBytes / BLOCK,
                    threads,
                    (task, slot) -> fill(made.asSlice(task * BLOCK, BLOCK), task * BLOCK));
            memory = made;
            all = made;
        }
        return all;
    }

    private void fill(MemorySegment block, long from) {
        float value = from < halfBytes ? 1 : 0;
        for (long i = 0; i < BLOCK / Float.BYTES; i++) {
            block.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
    }

    @Override
    public void close() {
        workers.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
