package io.github.subquad.tornado;

import io.github.subquad.BackendException;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Programs that were compiled, the least recently used first. One is lent to one call at a time;
 * those not lent are closed once there are more than {@value #MOST}, or when memory is short.
 */
final class PlanCache implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.github.subquad");

    /** Each holds the arrays of its layout, on the host and on the device. */
    private static final int MOST = 8;

    /**
     * What a program was compiled for.
     *
     * @param layout its arrays and kernels
     * @param masked whether its kernels read a mask
     */
    record Key(Layout layout, boolean masked) {}

    private final Function<Key, Program> compiler;
    private final Map<Key, Program> idle = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private final Set<Key> lent = new HashSet<>();
    private boolean closed;

    PlanCache(Function<Key, Program> compiler) {
        this.compiler = compiler;
    }

    /** The program for a layout, made if there is none; waits while another call has it. */
    Program borrow(Key key) {
        lock.lock();
        try {
            while (lent.contains(key)) {
                returned.awaitUninterruptibly();
            }
            if (closed) {
                throw new IllegalStateException("this engine is closed");
            }
            lent.add(key);
            Program program = idle.remove(key);
            if (program != null) {
                return program;
            }
            evict(MOST - 1);
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

    /** Takes back what {@link #borrow} lent. */
    void giveBack(Key key, Program program) {
        lock.lock();
        try {
            if (closed) {
                program.close();
            } else {
                idle.put(key, program);
            }
        } finally {
            forget(key);
            lock.unlock();
        }
    }

    /** Closes what was lent, since it failed; arrays that never came to the device fail again. */
    void discard(Key key, Program program) {
        try {
            program.close();
        } catch (BackendException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing a program that failed", e);
        } finally {
            forget(key);
        }
    }

    private void forget(Key key) {
        lock.lock();
        try {
            lent.remove(key);
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Closes all that are not lent. */
    void clear() {
        lock.lock();
        try {
            evict(0);
        } finally {
            lock.unlock();
        }
    }

    private void evict(int most) {
        Iterator<Program> oldest = idle.values().iterator();
        while (idle.size() > most) {
            Program program = oldest.next();
            oldest.remove();
            program.close();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            evict(0);
        } finally {
            lock.unlock();
        }
    }
}
