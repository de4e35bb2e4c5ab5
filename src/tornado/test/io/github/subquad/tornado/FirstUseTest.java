package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.Attention;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttentionTape;
import io.github.subquad.AttnGradChunk;
import io.github.subquad.BackendException;
import io.github.subquad.BackwardInputs;
import io.github.subquad.Merge;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A driver that computes wrongly is found out by the first call. */
@Tag("device")
class FirstUseTest {
    /** Channels that no other test has: what was once found right is not looked at again. */
    private static final AttentionShape SHAPE = AttentionShape.of(2, 50, 60, 29);

    private static final AttentionOptions CPU = AttentionOptions.builder().backend("cpu").build();
    private static final AttentionOptions REFERENCE =
            AttentionOptions.builder().backend("reference").build();

    private final DeviceTraits device = DeviceCatalog.devices().getFirst();
    private final Problem problem = new Problem(SHAPE);
    private final Layout layout =
            new Layout(SHAPE, KernelStep.PLAIN, Merge.DEVICE, Pass.FORWARD, 2, 50, 60, 60);

    @Test
    void wrongNumbersAreRefusedUnlessNobodyIsToLook() {
        Tensor output = attend();
        for (long i = 0; i < SHAPE.queryTokens(); i++) {
            output.set(output.get(0, i, 3) + 0.01f, 0, i, 3);
        }
        var options = AttentionOptions.DEFAULTS;
        assertThatThrownBy(() -> check(output, options))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("kernel step 1 gave wrong numbers in its first use: FAILED");
        assertThatThrownBy(() -> check(output, options)).as("again").isNotNull();
        var blind = options.toBuilder().selfCheck(false).build();
        assertThatCode(() -> check(output, blind)).doesNotThrowAnyException();
        assertThatCode(() -> check(attend(), options)).doesNotThrowAnyException();
        assertThatCode(() -> check(output, options)).as("known").doesNotThrowAnyException();
    }

    private Tensor attend() {
        try (Attention cpu = Attention.open(CPU)) {
            return problem.attend(cpu).output();
        }
    }

    private void check(Tensor output, AttentionOptions options) {
        var in = AttentionInputs.of(problem.query(), problem.key(), problem.value(), null, options);
        FirstUse.check(device, layout, in, output, null, options);
    }

    @Test
    void wrongGradientsAreRefusedToo() {
        GradientProblem given = GradientProblem.of(SHAPE);
        var in = AttentionInputs.of(given.query(), given.key(), given.value(), null, REFERENCE);
        try (Attention attention = Attention.open(REFERENCE);
                AttentionTape tape = given.forward(attention)) {
            var backward =
                    new BackwardInputs(
                            in,
                            tape.output().splitDim(0, 1),
                            tape.logSumExp().splitDim(0, 1),
                            given.gradOutput().splitDim(0, 1));
            AttnGradChunk sums = AttnGradChunk.zeros(in.shape(), false);
            assertThatThrownBy(() -> check(backward, sums))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("the backward pass gave wrong numbers in its first use");
        }
    }

    private void check(BackwardInputs in, AttnGradChunk got) {
        var places = GradientPlaces.of(got, in);
        FirstUse.check(device, layout.of(Pass.BACKWARD), in, places, AttentionOptions.DEFAULTS);
    }
}
