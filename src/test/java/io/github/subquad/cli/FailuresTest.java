package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;

class FailuresTest {
    private static final String BUG = "subquad: this should not happen: ";

    private final StringWriter err = new StringWriter();

    private int report(Exception failure) {
        var command = Main.commandLine().setErr(new PrintWriter(err));
        return new Failures(() -> false)
                .handleExecutionException(failure, command, command.parseArgs());
    }

    @Test
    void whatAnEngineDoesNotOfferIsSaidAsItSaysIt() {
        int status = report(new UnsupportedOperationException("abacus:0 computes no gradients"));
        assertThat(err.toString())
                .isEqualToNormalizingNewlines("subquad: abacus:0 computes no gradients\n");
        assertThat(status).isEqualTo(1);
    }

    @Test
    void anOperationThatJavaRefusesIsAMistakeOfOurs() {
        assertThat(report(new UnsupportedOperationException())).isEqualTo(1);
        assertThat(err.toString()).startsWith(BUG).contains("--debug");
    }
}
