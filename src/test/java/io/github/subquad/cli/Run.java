package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;

/** One command line, run inside this JVM, and all it gave. */
record Run(int status, String out, String err) {
    /** Runs the words given; paths and numbers among them are taken as they print. */
    static Run of(Object... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status =
                Main.commandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(Arrays.stream(words).map(String::valueOf).toArray(String[]::new));
        return new Run(status, out.toString(), err.toString());
    }

    /** Runs the words of a line, split at blanks. */
    static Run ofLine(String line) {
        return of((Object[]) line.strip().split("\\s+"));
    }

    /** Expects success, without a word on standard error. */
    Run succeeds() {
        assertThat(err).isEmpty();
        assertThat(status).isZero();
        return this;
    }
}
