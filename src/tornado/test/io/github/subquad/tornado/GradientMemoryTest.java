package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttentionTape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.MemoryBudget;
import io.github.subquad.reference.GradientVerdict;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What forward and backward passes hold is what their plans say. */
@Tag("device")
class GradientMemoryTest {
    private static final AttentionShape SHAPE = new AttentionShape(4, 2, 300, 700, 24, 16);
    private static final AttentionOptions OPTIONS =
            AttentionOptions.builder()
                    .backend("tornado")
                    .queryChunkSize(128)
                    .kvChunkSize(256)
                    .build();

    @Test
    void thePeakStaysWithinThePlansInBothModes() {
        for (boolean checkpoint : new boolean[] {true, false}) {
            try (var attention = open(checkpoint, Long.MAX_VALUE)) {
                long planned = planned(attention);
                assertThat(GradientProblem.of(SHAPE).judge(attention)).matches(GradientVerdict::ok);
                assertThat(attention.peakBytes()).isBetween(planned / 4, planned);
                assertThat(attention.peakDeviceBytes())
                        .isLessThanOrEqualTo(attention.planBackward(SHAPE).deviceBytes());
            }
        }
    }

    @Test
    void aBudgetIsKeptInBothModes() {
        long least = least();
        for (long budget : new long[] {least, 2 * least}) {
            for (boolean checkpoint : new boolean[] {true, false}) {
                try (var attention = open(checkpoint, budget)) {
                    assertThat(planned(attention)).isLessThanOrEqualTo(budget);
                    assertThat(GradientProblem.of(SHAPE).judge(attention))
                            .matches(GradientVerdict::ok);
                    assertThat(attention.peakBytes()).isLessThanOrEqualTo(budget);
                }
            }
        }
    }

    @Test
    void weightsAreKeptAsFarAsTheBudgetGoes() {
        long all;
        long planned;
        try (var attention = open(false, Long.MAX_VALUE);
                AttentionTape tape = GradientProblem.of(SHAPE).forward(attention)) {
            all = tape.keptBytes();
            planned = attention.planBackward(SHAPE).extraBytes();
            assertThat(kept(attention.planForward(SHAPE))).isEqualTo(all);
            assertThat(kept(attention.planBackward(SHAPE))).isEqualTo(all);
        }
        GradientProblem problem = GradientProblem.of(SHAPE);
        AttentionTape closed;
        try (var attention = open(false, planned - all);
                AttentionTape tape = problem.forward(attention)) {
            assertThat(tape.keptBytes()).isStrictlyBetween(0L, all);
            assertThat(tape.keptBytes()).isLessThanOrEqualTo(kept(attention.planForward(SHAPE)));
            tape.backward(problem.gradOutput());
            closed = tape;
        }
        assertThat(closed.keptBytes()).isZero();
    }

    private static Attention open(boolean checkpoint, long budget) {
        var options = OPTIONS.toBuilder().useCheckpoint(checkpoint);
        return Attention.open(
                budget == Long.MAX_VALUE
                        ? options.build()
                        : options.memoryBudget(new MemoryBudget(budget)).build());
    }

    private static long planned(Attention attention) {
        return Math.max(
                attention.planForward(SHAPE).extraBytes(),
                attention.planBackward(SHAPE).extraBytes());
    }

    /** As the message says it. */
    private static long least() {
        try (var attention = open(true, 1000)) {
            var message = new String[1];
            assertThatThrownBy(() -> attention.planBackward(SHAPE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .satisfies(e -> message[0] = e.getMessage());
            String number = message[0].replaceAll(".*at least (\\d+) bytes.*", "$1");
            return Long.parseLong(number);
        }
    }

    private static long kept(ChunkPlan plan) {
        return plan.buffers().stream()
                .filter(buffer -> buffer.purpose().equals("kept weights"))
                .mapToLong(ChunkPlan.Buffer::totalBytes)
                .sum();
    }
}
