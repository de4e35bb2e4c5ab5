package io.github.subquad.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/** Threads that work is dealt out to. */
final class NaiveThreads implements AutoCloseable {
    private final ExecutorService threads;

    NaiveThreads(int count) {
        threads =
                Executors.newFixedThreadPool(
                        count, Thread.ofPlatform().daemon().name("naive-", 0).factory());
    }

    /**
     * Deals out items, one after the other, and waits.
     *
     * @param items how many
     * @param hands to how many threads
     * @param work on an item, by its number
     * @throws CancellationException if this thread is interrupted
     */
    void deal(long items, int hands, LongConsumer work) {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int hand = 0; hand < hands; hand++) {
            int first = hand;
            tasks.add(
                    () -> {
                        for (long item = first; item < items; item += hands) {
                            work.accept(item);
                        }
                        return null;
                    });
        }
        try {
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var cancelled = new CancellationException("attention was interrupted");
            cancelled.initCause(e);
            throw cancelled;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a thread failed", e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
