package io.github.subquad.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Threads that work at the same time, to see what the machine gives at best. */
final class Team implements AutoCloseable {
    private final int threads;
    private final ExecutorService pool;

    Team(int threads) {
        this.threads = threads;
        pool =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().daemon().name("team-", 0).factory());
    }

    int threads() {
        return threads;
    }

    /**
     * Gives each thread, by its number, a share, and returns when all have done theirs.
     *
     * @return the sum of their results: work that has one is not optimised away
     */
    float run(IntFunction<Callable<Float>> share) {
        List<Callable<Float>> shares = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            shares.add(share.apply(i));
        }
        try {
            float sum = 0;
            for (Future<Float> done : pool.invokeAll(shares)) {
                sum += done.get();
            }
            return sum;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
