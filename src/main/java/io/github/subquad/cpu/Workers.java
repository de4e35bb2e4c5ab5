package io.github.subquad.cpu;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Daemon threads that share numbered tasks with the calling thread. Tasks are drawn in order, and a
 * task may wait for one before it; which thread runs which is left to chance, and the tasks see to
 * it that their bits do not depend on that.
 */
final class Workers implements AutoCloseable {
    private static final AtomicLong NAMES = new AtomicLong();
    private static final long IDLE_SECONDS = 30;

    private final ExecutorService helpers;

    /** Up to {@code threads} at work, the caller of {@link #run} among them. */
    Workers(int threads) {
        ThreadFactory daemons =
                Thread.ofPlatform().daemon().name("subquad-", NAMES.getAndIncrement()).factory();
        int most = Math.max(1, threads - 1);
        var pool =
                new ThreadPoolExecutor(
                        most,
                        most,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        daemons);
        pool.allowCoreThreadTimeOut(true);
        helpers = pool;
    }

    /** What one thread does with the tasks it draws. */
    interface Task {
        /**
         * Runs one task.
         *
         * @param index from 0
         * @param slot number of the thread within this call, from 0
         */
        void run(long index, int slot);
    }

    /**
     * Runs all tasks on up to {@code threads} threads and returns when the last has ended.
     *
     * @throws CancellationException if the caller is interrupted; its flag stays set
     */
    void run(long tasks, int threads, Task task) {
        var share = new Share(tasks, task);
        try {
            for (int slot = 1; slot < threads; slot++) {
                int own = slot;
                helpers.execute(() -> share.help(own));
            }
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // closed meanwhile, or no more threads to be had: those at work finish
        }
        share.lead();
    }

    @Override
    public void close() {
        helpers.shutdownNow();
    }

    /** One call: the tasks left, and who is at work. */
    private static final class Share {
        private final long tasks;
        private final Task task;
        private final AtomicLong next = new AtomicLong();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private int active;
        private boolean over;

        Share(long tasks, Task task) {
            this.tasks = tasks;
            this.task = task;
        }

        /** Comes too late once the call is over: its pool was busy with another. */
        void help(int slot) {
            synchronized (this) {
                if (over) {
                    return;
                }
                active++;
            }
            work(slot);
            synchronized (this) {
                active--;
                notifyAll();
            }
        }

        void lead() {
            work(0);
            boolean interrupted = awaitHelpers();
            if (interrupted || Thread.currentThread().isInterrupted()) {
                Thread.currentThread().interrupt();
                throw new CancellationException("attention was interrupted");
            }
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }

        private void work(int slot) {
            try {
                while (!stopped(slot)) {
                    long i = next.getAndIncrement();
                    if (i >= tasks) {
                        return;
                    }
                    task.run(i, slot); // what is drawn is run: later tasks may wait for it
                }
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
                stop();
            }
        }

        /** Interrupting the caller stops everybody. */
        private boolean stopped(int slot) {
            boolean interrupted = slot == 0 && Thread.currentThread().isInterrupted();
            if (interrupted) {
                stop();
            }
            return interrupted;
        }

        private void stop() {
            next.set(tasks);
        }

        /** Tensors must stay alive until nobody reads them: waits even when interrupted. */
        private synchronized boolean awaitHelpers() {
            over = true;
            boolean interrupted = false;
            while (active > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                    stop();
                }
            }
            return interrupted;
        }
    }
}
