package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.reference.GradientVerdict;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** Plans of gradients are kept, and budgets too. */
@Tag("contract")
@Tag("lanes")
class GradientPlanContractTest {
    private static final long SEED = 3;

    /** By blocks; few queries; few keys. */
    private static final List<AttentionShape> SHAPES =
            List.of(
                    new AttentionShape(4, 2, 130, 70, 8, 10),
                    new AttentionShape(4, 2, 3, 200, 8, 10),
                    new AttentionShape(2, 1, 200, 5, 8, 8));

    static Stream<Arguments> subjects() {
        return Subject.withOwnBackward().stream()
                .flatMap(s -> Stream.of(Arguments.of(s, true), Arguments.of(s, false)));
    }

    /** The plans of a pass, as an engine of these options makes them. */
    private record Plans(ChunkPlan forward, ChunkPlan backward) {
        static Plans of(Subject subject, AttentionShape shape, AttentionOptions options) {
            try (Attention attention = subject.openForGradients(options)) {
                return of(attention, shape);
            }
        }

        static Plans of(Attention attention, AttentionShape shape) {
            return new Plans(attention.planForward(shape), attention.planBackward(shape));
        }

        long extraBytes() {
            return Math.max(forward.extraBytes(), backward.extraBytes());
        }
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void holdsWhatThePlansSay(Subject subject, boolean checkpoint) {
        for (AttentionShape shape : SHAPES) {
            GradientCase c = GradientCase.of(shape, SEED);
            var options = c.options().threads(2).useCheckpoint(checkpoint).build();
            try (Attention attention = subject.openForGradients(options)) {
                c.pass(attention);
                Plans plans = Plans.of(attention, shape);
                boolean fusedOnHost =
                        subject.kernel() == Kernel.FUSED
                                && subject.device().backend().equals("cpu");
                long least =
                        fusedOnHost
                                ? plans.extraBytes()
                                : plans.backward.buffers().getFirst().totalBytes();
                assertThat(attention.peakBytes())
                        .as(shape.toString())
                        .isBetween(least, plans.extraBytes());
            }
        }
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void shrinksToTheBudgetAndStaysRight(Subject subject, boolean checkpoint) {
        for (AttentionShape shape : SHAPES) {
            GradientCase c = GradientCase.of(shape, SEED);
            var free = c.options().threads(4).useCheckpoint(checkpoint);
            long best = Plans.of(subject, shape, free.build()).extraBytes();
            for (long budget = best; budget > best / 64; budget = budget / 2) {
                var options = free.memoryBudget(new MemoryBudget(budget)).build();
                try (Attention attention = subject.openForGradients(options)) {
                    assertThat(Plans.of(attention, shape).extraBytes()).isLessThanOrEqualTo(budget);
                    assertThat(c.verdict(c.pass(attention))).matches(GradientVerdict::ok);
                    assertThat(attention.peakBytes()).isLessThanOrEqualTo(budget);
                } catch (IllegalArgumentException tooSmall) {
                    assertThat(budget).as("the best plans' own size is enough").isLessThan(best);
                    assertThat(tooSmall).hasMessageContaining("needs at least");
                    break;
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void namesTheLeastBudgetAndThatOneWorks(Subject subject, boolean checkpoint) {
        for (AttentionShape shape : SHAPES) {
            GradientCase c = GradientCase.of(shape, SEED);
            var options = c.options().threads(2).useCheckpoint(checkpoint);
            long least;
            try (Attention attention =
                    subject.openForGradients(options.memoryBudget(new MemoryBudget(1)).build())) {
                least =
                        Math.max(
                                leastOf(() -> attention.planForward(shape)),
                                leastOf(() -> attention.planBackward(shape)));
                assertThatThrownBy(() -> c.pass(attention))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("memoryBudget: ");
            }
            try (Attention attention =
                    subject.openForGradients(
                            options.memoryBudget(new MemoryBudget(least)).build())) {
                assertThat(c.verdict(c.pass(attention))).matches(GradientVerdict::ok);
                assertThat(attention.peakBytes()).isLessThanOrEqualTo(least);
            }
        }
    }

    private static long leastOf(ThrowingCallable plan) {
        long[] least = {0};
        assertThatThrownBy(plan)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("memoryBudget: .* at least \\d+ bytes .*, got 1")
                .satisfies(e -> least[0] = leastIn(e.getMessage()));
        return least[0];
    }

    private static long leastIn(@Nullable String message) {
        return Long.parseLong(
                String.valueOf(message).replaceFirst(".*at least (\\d+) bytes.*", "$1"));
    }

    /** Nothing with checkpoints. */
    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void whatATapeKeepsIsInThePlanAndFreedWithIt(Subject subject, boolean checkpoint) {
        AttentionShape shape = SHAPES.getFirst();
        GradientCase c = GradientCase.of(shape, SEED);
        var options = c.options().threads(2).useCheckpoint(checkpoint).build();
        try (Attention attention = subject.openForGradients(options)) {
            ChunkPlan forward = attention.planForward(shape);
            long most =
                    forward.buffers().stream()
                            .filter(buffer -> buffer.purpose().startsWith("kept"))
                            .mapToLong(ChunkPlan.Buffer::totalBytes)
                            .sum();
            for (int run = 0; run < 4; run++) {
                try (AttentionTape tape = c.forward(attention)) {
                    assertThat(tape.keptBytes()).isEqualTo(most);
                    tape.backward(c.gradOutput());
                }
            }
            assertThat(most).isBetween(0L, checkpoint ? 0 : shape.scoreMatrixBytes() * 2);
            assertThat(attention.peakBytes())
                    .as("one tape after another takes what one takes")
                    .isLessThanOrEqualTo(Plans.of(attention, shape).extraBytes());
        }
    }
}
