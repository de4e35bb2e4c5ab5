package io.github.subquad.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/** What the launcher does with standard error, and tells of it. */
final class StandardError {
    private static final int DESCRIPTOR = 2;

    /** Number of the file descriptor that keeps the true one open. */
    private static final String KEPT = "subquad.stderr";

    /**
     * Set where {@code test -t 2} holds in the launcher. {@link java.io.Console#isTerminal} tells
     * of standard input and output alone: it would draw a progress bar into {@code 2> log}, and
     * none under {@code | less}.
     */
    private static final String TERMINAL = "subquad.stderr.terminal";

    private StandardError() {}

    /**
     * Undoes the launcher's redirection: it starts the JVM with a standard error that drops a
     * warning of the JVM's own. Opening the kept descriptor's file anew would not do: a second
     * position in the same file overwrites what others write there.
     */
    static void restore() {
        Integer kept = Integer.getInteger(KEPT);
        if (kept != null) {
            duplicate(kept, DESCRIPTOR);
        }
    }

    @SuppressWarnings("restricted") // the launcher enables native access
    private static void duplicate(int from, int to) {
        var linker = Linker.nativeLinker();
        var dup2 =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("dup2"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            var _ = (int) dup2.invokeExact(from, to);
        } catch (Throwable e) {
            throw new LinkageError("dup2 cannot be called", e);
        }
    }

    /** Whether a person is looking at it. */
    static boolean isTerminal() {
        return Boolean.getBoolean(TERMINAL);
    }
}
