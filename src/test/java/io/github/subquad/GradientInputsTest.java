package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;

/**
 * What does not fit a forward or a backward pass is named, with what was expected and what came.
 */
class GradientInputsTest {
    private static final AttentionShape SHAPE = new AttentionShape(4, 2, 6, 5, 3, 2);
    private static final GradientCase CASE = GradientCase.of(SHAPE, 1);

    private final Attention attention = Attention.open(options().build());
    private final AttentionTape tape = CASE.forward(attention);

    private static AttentionOptions.Builder options() {
        return AttentionOptions.builder().backend("reference").threads(2);
    }

    @AfterEach
    void close() {
        tape.close();
        attention.close();
    }

    private static Tensor floats(long... shape) {
        return Tensor.allocate(DataType.F32, shape);
    }

    /** Gradients that fit. */
    private static AttentionGradients into() {
        return new AttentionGradients(floats(4, 6, 3), floats(2, 5, 3), floats(2, 5, 2), null);
    }

    private static AttentionGradients withQuery(Tensor query) {
        return new AttentionGradients(query, into().key(), into().value(), null);
    }

    private static AttentionGradients withMask(Tensor mask) {
        return new AttentionGradients(into().query(), into().key(), into().value(), mask);
    }

    private static void refuses(
            AttentionTape tape, Tensor gradOutput, AttentionGradients into, String message) {
        assertThatThrownBy(() -> tape.backwardInto(gradOutput, into))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private void refuses(Tensor gradOutput, AttentionGradients into, String message) {
        refuses(tape, gradOutput, into, message);
    }

    @Test
    void gradientsOfTheOutputThatDoNotFit() {
        refuses(floats(4, 6, 3), into(), "gradOutput: expected shape [4, 6, 2], got F32 [4, 6, 3]");
        refuses(
                CASE.gradOutput().splitDim(0, 2),
                into(),
                "gradOutput: expected shape [4, 6, 2], got F32 [2, 2, 6, 2]");
        Tensor truth = Tensor.allocate(DataType.BOOL, 4, 6, 2);
        refuses(truth, into(), "gradOutput: expected F32, F16 or BF16, got BOOL [1, 4, 6, 2]");
        refuses(
                floats(4, 2, 6).permute(0, 2, 1),
                into(),
                "gradOutput: expected neighbours along the last dimension side by side, got"
                        + " stride 6");
    }

    @Test
    void gradientsOfTheInputsThatDoNotFit() {
        Tensor g = CASE.gradOutput();
        refuses(
                g,
                withQuery(floats(4, 5, 3)),
                "query gradient: expected shape [4, 6, 3], got F32 [4, 5, 3]");
        refuses(
                g,
                withQuery(Tensor.allocate(DataType.F16, 4, 6, 3)),
                "query gradient: expected F32, got F16 [4, 6, 3]");
        refuses(
                g,
                new AttentionGradients(into().query(), floats(4, 5, 3), into().value(), null),
                "key gradient: expected shape [2, 5, 3], got F32 [4, 5, 3]");
        refuses(
                g,
                new AttentionGradients(into().query(), into().key(), floats(2, 5, 3), null),
                "value gradient: expected shape [2, 5, 2], got F32 [2, 5, 3]");
    }

    @Test
    void gradientsThatOverlap() {
        Tensor g = CASE.gradOutput();
        refuses(g, withQuery(CASE.call().query()), "query gradient: must not overlap an input");
        Tensor square = floats(2, 5, 3);
        refuses(
                g,
                new AttentionGradients(into().query(), square, square.narrow(2, 0, 2), null),
                "value gradient: must not overlap the key gradient");
        refuses(
                g,
                withQuery(floats(1, 6, 3).expand(0, 4)),
                "query gradient: expected a place for each element, got dimension 0 expanded");
        try (AttentionTape wide =
                attention.forward(floats(1, 6, 2), floats(1, 5, 2), floats(1, 5, 2))) {
            for (Tensor taken : new Tensor[] {wide.output(), CASE.gradOutput().narrow(0, 0, 1)}) {
                refuses(
                        wide,
                        CASE.gradOutput().narrow(0, 0, 1),
                        new AttentionGradients(taken, floats(1, 5, 2), floats(1, 5, 2), null),
                        "query gradient: must not overlap output, logSumExp or gradOutput");
            }
        }
    }

    @Test
    void gradientsOfMasksThatDoNotFit() {
        refuses(
                CASE.gradOutput(),
                withMask(floats(6, 5)),
                "mask gradient: expected none, since options.maskGradient is off");
        Tensor mask = floats(6, 5);
        try (Attention ofMasks = Attention.open(options().maskGradient(true).build());
                AttentionTape plain = CASE.forward(ofMasks);
                AttentionTape masked = CASE.withMask(mask).forward(ofMasks)) {
            refuses(
                    plain,
                    CASE.gradOutput(),
                    withMask(floats(6, 5)),
                    "mask gradient: expected F32 shaped as the mask, got F32 [6, 5] for mask null");
            refuses(
                    masked,
                    CASE.gradOutput(),
                    withMask(Tensor.allocate(DataType.F16, 6, 5)),
                    "mask gradient: expected F32 shaped as the mask, got F16 [6, 5] for mask F32"
                            + " [6, 5]");
            refuses(
                    masked,
                    CASE.gradOutput(),
                    withMask(floats(1, 6, 5)),
                    "mask gradient: expected shape [6, 5], got F32 [1, 6, 5]");
            refuses(
                    masked,
                    CASE.gradOutput(),
                    withMask(mask),
                    "mask gradient: must not overlap an input");
            GradientCase truth = CASE.withMask(Case.truth(1, 0.5, 6, 5));
            assertThatThrownBy(() -> truth.forward(ofMasks))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("maskGradient: expected a mask of numbers, got BOOL [6, 5]");
        }
    }

    @Test
    void callsThatDoNotFit() {
        refusesForward(
                floats(4, 6, 2),
                null,
                "key: expected the query's channels 2, got 3 (F32 [2, 5, 3])");
        refusesForward(
                floats(3, 6, 3),
                null,
                "query heads: expected a multiple of the 2 key heads, got 3");
        refusesForward(
                CASE.call().query(),
                floats(6, 4),
                "mask: expected [1|4, 1|6, 5] or [1|1, 1|4, 1|6, 5], got F32 [6, 4]");
        try (Arena confined = Arena.ofConfined()) {
            Tensor own = Tensor.allocate(confined, DataType.F32, 4, 6, 3);
            refusesForward(
                    own,
                    null,
                    own
                            + " lies in a confined arena, which only its owner may read; use a"
                            + " shared or automatic arena, or threads = 1");
            refuses(
                    CASE.gradOutput(),
                    withQuery(own),
                    own
                            + " lies in a confined arena, which only its owner may read; use a"
                            + " shared or automatic arena, or threads = 1");
        }
    }

    private void refusesForward(Tensor query, @Nullable Tensor mask, String message) {
        assertThatThrownBy(
                        () ->
                                attention.forward(
                                        query, CASE.call().key(), CASE.call().value(), mask))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
