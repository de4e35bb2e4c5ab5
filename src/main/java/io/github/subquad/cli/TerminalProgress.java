package io.github.subquad.cli;

import io.github.subquad.ProgressListener;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A bar on standard error for work that takes long enough to be watched, if somebody can watch it;
 * it goes away when the work is done.
 */
final class TerminalProgress implements ProgressListener, AutoCloseable {
    private static final long PATIENCE_NANOS = 500_000_000;
    private static final int REFRESH_MILLIS = 100;

    /** A width of our own, so that the terminal is not asked: that takes a native library. */
    private static final int WIDTH = 79;

    private final String task;
    private final boolean terminal;
    private final PrintStream stream;
    private final LongSupplier nanoTime;
    private final long start;
    private @Nullable ProgressBar bar;

    /** On standard error, if that is a terminal. */
    TerminalProgress(String task) {
        this(task, StandardError.isTerminal(), System.err, System::nanoTime);
    }

    TerminalProgress(String task, boolean terminal, PrintStream stream, LongSupplier nanoTime) {
        this.task = task;
        this.terminal = terminal;
        this.stream = stream;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    @Override
    public synchronized void progressed(long done, long total) {
        if (done >= total) {
            close();
            return;
        }
        long elapsed = nanoTime.getAsLong() - start;
        if (bar == null && terminal && elapsed > PATIENCE_NANOS) {
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(task)
                            .setInitialMax(total)
                            .startsFrom(done, Duration.ofNanos(elapsed))
                            .setUnit(" rows", 1)
                            .setStyle(ProgressBarStyle.ASCII)
                            .setUpdateIntervalMillis(REFRESH_MILLIS)
                            .setConsumer(new Line(stream))
                            .build();
        }
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    /** Clears the bar, if there is one. */
    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            stream.print("\r" + " ".repeat(WIDTH) + "\r");
            stream.flush();
            bar = null;
        }
    }

    /** Ends no line: the next one takes the bar's place. */
    private static final class Line extends ConsoleProgressBarConsumer {
        Line(PrintStream stream) {
            super(stream, WIDTH);
        }

        @Override
        public void close() {}
    }
}
