package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.bench.Case;
import io.github.subquad.bench.Pass;
import io.github.subquad.bench.Setting;
import io.github.subquad.bench.Workload;
import io.github.subquad.tensor.DataType;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;

class BenchProgressTest {
    private static final Case HOSTILE =
            new Case(
                    new Workload(
                            "a\u001b[2J\nb",
                            AttentionShape.of(1, 1, 1, 1),
                            Causal.NONE,
                            DataType.F32,
                            Pass.FORWARD),
                    Setting.of("cpu", 1));

    private final StringWriter err = new StringWriter();

    @Test
    void aNameIsShownOnOneLineAndNotObeyed() {
        new BenchProgress(null, true, new PrintWriter(err)).turn(HOSTILE, 1, 3);
        assertThat(err.toString())
                .isEqualTo("\r\u001b[Krepetition 1 of 3: a\\u001b[2J b, f32, cpu, 1 thread …");
    }

    @Test
    void nothingIsShownWhereThereIsNoTerminal() {
        new BenchProgress(null, false, new PrintWriter(err)).turn(HOSTILE, 1, 3);
        assertThat(err.toString()).isEmpty();
    }
}
