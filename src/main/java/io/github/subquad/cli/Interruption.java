package io.github.subquad.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and kill let the running command clean up: it is interrupted, which ends a computation
 * between two chunks and closes a file half written, and gets a moment to delete that file.
 */
final class Interruption {
    private static final int PATIENCE_SECONDS = 5;

    private final CountDownLatch ended = new CountDownLatch(1);

    private Interruption() {}

    /** For the command that the calling thread is about to run. */
    static Interruption install() {
        var interruption = new Interruption();
        Thread command = Thread.currentThread();
        Thread hook = new Thread(() -> interruption.end(command), "subquad-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        return interruption;
    }

    /** The command has ended. */
    void disarm() {
        ended.countDown();
    }

    private void end(Thread command) {
        command.interrupt();
        try {
            boolean _ = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
