package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** Bits of gradients depend on the head's own data and the options, on nothing else. */
@Tag("contract")
@Tag("lanes")
class GradientDeterminismContractTest {
    private static final long SEED = 11;

    /** With and without kept weights. */
    static Stream<Arguments> subjectsAndShapes() {
        List<AttentionShape> shapes =
                List.of(
                        new AttentionShape(4, 2, 70, 130, 12, 10),
                        new AttentionShape(4, 2, 2, 300, 16, 20), // few queries
                        new AttentionShape(2, 1, 200, 40, 8, 8)); // few keys
        return Subject.onHost().stream()
                .flatMap(
                        s ->
                                shapes.stream()
                                        .flatMap(
                                                shape ->
                                                        Stream.of(true, false)
                                                                .map(
                                                                        checkpoint ->
                                                                                Arguments.of(
                                                                                        s,
                                                                                        shape,
                                                                                        checkpoint))));
    }

    private static GradientCase masked(AttentionShape shape) {
        return GradientCase.of(shape, DataType.F32, Causal.BOTTOM_RIGHT, SEED)
                .withMask(Case.gaussian(SEED, DataType.F32, 1, 1, shape.keyTokens()));
    }

    @ParameterizedTest(allowZeroInvocations = true, name = "{0}: {1}, useCheckpoint {2}")
    @MethodSource("subjectsAndShapes")
    void sameBitsForAnyNumberOfThreads(Subject subject, AttentionShape shape, boolean checkpoint) {
        GradientCase c = masked(shape);
        var options = c.options().useCheckpoint(checkpoint).maskGradient(true);
        float[][] one = c.pass(subject, options.threads(1).build()).bits();
        for (int threads : new int[] {2, 3, 8}) {
            assertThat(c.pass(subject, options.threads(threads).build()).bits())
                    .as("%d threads", threads)
                    .isDeepEqualTo(one);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true, name = "{0}: {1}, useCheckpoint {2}")
    @MethodSource("subjectsAndShapes")
    void sameBitsFromRunToRunAndFromOneTape(
            Subject subject, AttentionShape shape, boolean checkpoint) {
        GradientCase c = masked(shape);
        var options = c.options().useCheckpoint(checkpoint).maskGradient(true).threads(3).build();
        try (Attention attention = subject.openForGradients(options)) {
            float[][] first = c.pass(attention).bits();
            try (AttentionTape tape = c.forward(attention)) {
                for (int run = 0; run < 2; run++) {
                    AttentionGradients again = tape.backward(c.gradOutput());
                    var pass = new GradientCase.Pass(tape.output(), tape.logSumExp(), again);
                    assertThat(pass.bits()).isDeepEqualTo(first);
                }
            }
        }
    }

    @ParameterizedTest(allowZeroInvocations = true, name = "{0}: {1}, useCheckpoint {2}")
    @MethodSource("subjectsAndShapes")
    void sameBitsWhateverOtherHeadsShareTheCall(
            Subject subject, AttentionShape shape, boolean checkpoint) {
        GradientCase all = GradientCase.of(shape, SEED);
        var options = all.options().useCheckpoint(checkpoint).build();
        AttentionGradients expected = all.pass(subject, options).gradients();
        long group = shape.groupSize();
        try (Attention attention = subject.openForGradients(options)) {
            for (long head = 0; head < shape.keyHeads(); head++) {
                Case call = all.call();
                try (AttentionTape tape =
                        attention.forward(
                                call.query().narrow(0, head * group, group),
                                call.key().narrow(0, head, 1),
                                call.value().narrow(0, head, 1))) {
                    AttentionGradients alone =
                            tape.backward(all.gradOutput().narrow(0, head * group, group));
                    assertSame(alone.query(), expected.query().narrow(0, head * group, group));
                    assertSame(alone.key(), expected.key().narrow(0, head, 1));
                    assertSame(alone.value(), expected.value().narrow(0, head, 1));
                }
            }
        }
    }

    private static void assertSame(Tensor got, Tensor expected) {
        assertThat(got.toFloatArray()).isEqualTo(expected.toFloatArray());
    }

    /** So how much is kept, which depends on threads under a budget, changes nothing. */
    @ParameterizedTest(allowZeroInvocations = true, name = "{0}: {1}, useCheckpoint {2}")
    @MethodSource("subjectsAndShapes")
    void onTheCpuKeptWeightsHaveTheBitsOfRecomputedOnes(
            Subject subject, AttentionShape shape, boolean checkpoint) {
        Assumptions.assumeTrue(subject.device().backend().equals("cpu"), "another backend");
        GradientCase c = masked(shape);
        float[][] recomputed = c.pass(subject, c.options().threads(1).build()).bits();
        var some = c.options().useCheckpoint(checkpoint).memoryBudget(new MemoryBudget(1 << 19));
        for (int threads : new int[] {1, 2}) {
            assertThat(c.pass(subject, some.threads(threads).build()).bits())
                    .as("%d threads", threads)
                    .isDeepEqualTo(recomputed);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true, name = "{0}: {1}, useCheckpoint {2}")
    @MethodSource("subjectsAndShapes")
    void theTapesOutputIsThatOfAttend(Subject subject, AttentionShape shape, boolean checkpoint) {
        GradientCase c = masked(shape);
        var options = c.options().useCheckpoint(checkpoint).returnLogSumExp(true).build();
        try (Attention attention = subject.openForGradients(options);
                AttentionTape tape = c.forward(attention)) {
            AttentionResult result = c.call().attend(attention);
            assertSame(tape.output(), result.output());
            assertSame(tape.logSumExp(), Case.logSumExp(result));
        }
    }
}
