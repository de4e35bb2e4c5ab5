package io.github.subquad.tornado;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Programs that were compiled, the least recently used first. One is lent to one call at a time;
 * those at rest are closed once there are more than {@value #MOST}, once all hold more bytes than
 * allowed, or when memory is short.
 *
 * @param <K> what a program was compiled for
 * @param <P> programs
 */
final class PlanCache<K, P extends PlanCache.Entry> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.github.subquad");

    private static final int MOST = 8;

    /** What is kept. */
    interface Entry extends AutoCloseable {
        /** What it holds until it is closed. */
        long bytes();

        @Override
        void close();
    }

    private final Function<K, P> compiler;
    private final long mostBytes;
    private final Map<K, P> resting = new LinkedHashMap<>();
    private final Map<K, Long> lent = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private long besides;
    private long peakBytes;
    private long peakProgramBytes;
    private boolean closed;

    /**
     * Holds nothing yet.
     *
     * @param compiler makes a program that is not there
     * @param mostBytes of all programs at rest and one at work
     */
    PlanCache(Function<K, P> compiler, long mostBytes) {
        this.compiler = compiler;
        this.mostBytes = mostBytes;
    }

    /**
     * The program for a key, made if there is none; waits while another call has it.
     *
     * @param bytes that it will hold
     * @throws CancellationException if the thread is interrupted while it waits
     * @throws IllegalStateException if this is closed
     */
    P borrow(K key, long bytes) {
        lock.lock();
        try {
            awaitReturn(key);
            if (closed) {
                throw new IllegalStateException("this engine is closed");
            }
            P program = resting.remove(key);
            evict(MOST - 1, mostBytes - bytes - besides);
            lent.put(key, bytes);
            notePeak();
            if (program != null) {
                return program;
            }
        } finally {
            lock.unlock();
        }
        try {
            return compiler.apply(key);
        } catch (RuntimeException | Error e) {
            forget(key);
            throw e;
        }
    }

    private void awaitReturn(K key) {
        try {
            while (lent.containsKey(key) && !closed) {
                returned.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var cancelled = new CancellationException("attention was interrupted");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    /** Takes back what {@link #borrow} lent. */
    void giveBack(K key, P program) {
        lock.lock();
        try {
            resting.put(key, program);
            evict(closed ? 0 : MOST, mostBytes - besides);
        } finally {
            forget(key);
            lock.unlock();
        }
    }

    /** Closes what was lent, since it failed. */
    void discard(K key, P program) {
        try {
            closeQuietly(program);
        } finally {
            forget(key);
        }
    }

    private void forget(K key) {
        lock.lock();
        try {
            lent.remove(key);
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes all that are not lent.
     *
     * @return whether there was one
     */
    boolean clear() {
        lock.lock();
        try {
            boolean any = !resting.isEmpty();
            evict(0, 0);
            return any;
        } finally {
            lock.unlock();
        }
    }

    private void evict(int most, long bytes) {
        long held = restingBytes();
        Iterator<P> oldest = resting.values().iterator();
        while (oldest.hasNext() && (resting.size() > most || held > bytes)) {
            P program = oldest.next();
            oldest.remove();
            held -= program.bytes();
            closeQuietly(program);
        }
    }

    private long restingBytes() {
        return resting.values().stream().mapToLong(Entry::bytes).sum();
    }

    /** Bytes of all programs, at rest and lent, and of what is held besides. */
    long heldBytes() {
        lock.lock();
        try {
            return programBytes() + besides;
        } finally {
            lock.unlock();
        }
    }

    private long programBytes() {
        return restingBytes() + lent.values().stream().mapToLong(Long::longValue).sum();
    }

    private void notePeak() {
        peakBytes = Math.max(peakBytes, programBytes() + besides);
        peakProgramBytes = Math.max(peakProgramBytes, programBytes());
    }

    /**
     * Counts what calls hold besides programs; programs at rest make room for it.
     *
     * @param bytes more than before, negative if less
     */
    void hold(long bytes) {
        lock.lock();
        try {
            besides += bytes;
            evict(
                    MOST,
                    mostBytes - besides - lent.values().stream().mapToLong(Long::longValue).sum());
            notePeak();
        } finally {
            lock.unlock();
        }
    }

    /** The most that programs alone ever held. */
    long peakProgramBytes() {
        lock.lock();
        try {
            return peakProgramBytes;
        } finally {
            lock.unlock();
        }
    }

    /** The most that {@link #heldBytes} ever was. */
    long peakBytes() {
        lock.lock();
        try {
            return peakBytes;
        } finally {
            lock.unlock();
        }
    }

    /** A program that failed may fail again: TornadoVM does not free what it never allocated. */
    private static void closeQuietly(Entry program) {
        try {
            program.close();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing a program", e);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            evict(0, 0);
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
