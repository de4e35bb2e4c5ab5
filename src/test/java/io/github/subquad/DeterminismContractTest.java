package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** A row's bits depend on its own data and the options, on nothing else. */
@Tag("contract")
@Tag("lanes")
class DeterminismContractTest {
    private static final long SEED = 11;

    static Stream<Arguments> subjectsAndShapes() {
        List<AttentionShape> shapes =
                List.of(
                        new AttentionShape(4, 2, 150, 260, 24, 40),
                        new AttentionShape(4, 2, 2, 300, 64, 64),
                        new AttentionShape(4, 2, 1, 12_500, 16, 16),
                        new AttentionShape(4, 4, 70, 8_200, 8, 8));
        return Subject.all().stream()
                .flatMap(s -> shapes.stream().map(shape -> Arguments.of(s, shape)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("subjectsAndShapes")
    void sameBitsForAnyNumberOfThreads(Subject subject, AttentionShape shape) {
        Case c = Case.of(shape, DataType.F32, Causal.BOTTOM_RIGHT, SEED);
        float[] one = attend(subject, c, 1);
        for (int threads : new int[] {2, 3, 8}) {
            assertThat(attend(subject, c, threads)).as("%d threads", threads).isEqualTo(one);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("subjectsAndShapes")
    void sameBitsFromRunToRun(Subject subject, AttentionShape shape) {
        Case c = Case.of(shape, SEED);
        try (Attention attention = subject.open(c.options().threads(2).build())) {
            float[] first = attention.attend(c.query(), c.key(), c.value()).output().toFloatArray();
            for (int run = 0; run < 5; run++) {
                assertThat(attention.attend(c.query(), c.key(), c.value()).output().toFloatArray())
                        .isEqualTo(first);
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("subjectsAndShapes")
    void sameBitsWhateverOtherHeadsShareTheCall(Subject subject, AttentionShape shape) {
        Case c = Case.of(shape, SEED);
        Tensor all = c.attend(subject).output();
        long group = shape.groupSize();
        try (Attention attention = subject.open(c.options().build())) {
            for (long head = 0; head < shape.keyHeads(); head++) {
                Tensor alone =
                        attention
                                .attend(
                                        c.query().narrow(0, head * group, group),
                                        c.key().narrow(0, head, 1),
                                        c.value().narrow(0, head, 1))
                                .output();
                assertThat(alone.toFloatArray())
                        .as("head %d", head)
                        .isEqualTo(all.narrow(0, head * group, group).toFloatArray());
            }
        }
    }

    private static float[] attend(Subject subject, Case c, int threads) {
        return c.attend(subject, c.options().threads(threads).build()).output().toFloatArray();
    }
}
