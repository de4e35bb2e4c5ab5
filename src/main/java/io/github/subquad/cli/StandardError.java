package io.github.subquad.cli;

import org.jspecify.annotations.Nullable;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;

/** What the launcher tells about standard error, which Java cannot find out by itself. */
final class StandardError {
    /** Number of the file descriptor that is the true one. */
    private static final String DESCRIPTOR = "subquad.stderr";

    /**
     * Set where {@code test -t 2} holds in the launcher. {@link java.io.Console#isTerminal} tells
     * of standard input and output alone: it would draw a progress bar into {@code 2> log}, and
     * none under {@code | less}.
     */
    private static final String TERMINAL = "subquad.stderr.terminal";

    private StandardError() {}

    /**
     * Undoes the launcher's redirection: it starts the JVM with a standard error that drops a
     * warning of the JVM's own. Without it nothing changes.
     */
    static void restore() {
        @Nullable Integer descriptor = Integer.getInteger(DESCRIPTOR);
        if (descriptor == null) {
            return;
        }
        try {
            // Appending: where it is a file, others may write to it too.
            var stream = new FileOutputStream("/dev/fd/" + descriptor, true);
            System.setErr(new PrintStream(stream, true, System.err.charset()));
        } catch (IOException e) {
            return; // the redirected stream shows all that we write, too
        }
    }

    /** Whether a person is looking at it. */
    static boolean isTerminal() {
        return Boolean.getBoolean(TERMINAL);
    }
}
