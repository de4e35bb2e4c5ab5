package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.reference.GradientVerdict;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** Gradients of every device agree with float64, whatever the shape and however it is cut. */
@Tag("device")
class TornadoGradientsTest {
    private static final AttentionOptions OPTIONS =
            AttentionOptions.builder().backend("tornado").build();

    static List<AttentionShape> shapes() {
        return List.of(
                AttentionShape.of(1, 1, 1, 4),
                AttentionShape.of(2, 65, 257, 40),
                new AttentionShape(6, 2, 130, 333, 33, 17),
                AttentionShape.of(3, 200, 70, 64));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void anyShapeAndCausality(AttentionShape shape) {
        for (Causal causal : Causal.values()) {
            try (var attention = Attention.open(OPTIONS.toBuilder().causal(causal).build())) {
                assertThat(GradientProblem.of(shape).judge(attention))
                        .as("%s, %s", shape, causal)
                        .matches(GradientVerdict::ok);
            }
        }
    }
}
