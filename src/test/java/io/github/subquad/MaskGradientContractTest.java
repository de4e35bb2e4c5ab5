package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.reference.ExactGradients;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The gradient of an additive mask is that of the scores, summed where the mask is repeated. */
@Tag("contract")
@Tag("lanes")
class MaskGradientContractTest {
    private static final long SEED = 31;
    private static final int BATCH = 2;
    private static final int HEADS = 4;
    private static final int Q = 21;
    private static final int K = 66;

    static Stream<Arguments> subjectsAndMasks() {
        List<long[]> masks =
                List.of(
                        new long[] {BATCH * HEADS, Q, K},
                        new long[] {1, Q, K},
                        new long[] {BATCH * HEADS, 1, K},
                        new long[] {1, 1, K},
                        new long[] {Q, K},
                        new long[] {BATCH, HEADS, Q, K},
                        new long[] {BATCH, 1, Q, K},
                        new long[] {1, HEADS, 1, K},
                        new long[] {BATCH, 1, 1, K});
        return Subject.withOwnBackward().stream()
                .flatMap(
                        s ->
                                masks.stream()
                                        .flatMap(
                                                m ->
                                                        Stream.of(true, false)
                                                                .map(c -> Arguments.of(s, m, c))));
    }

    static List<Subject> subjects() {
        return Subject.withOwnBackward();
    }

    private static AttentionOptions.Builder options() {
        return AttentionOptions.builder().maskGradient(true).causal(Causal.BOTTOM_RIGHT);
    }

    /** Rank 4, two query heads for each key head. */
    private static GradientCase call(Tensor mask) {
        var shape = new AttentionShape(BATCH * HEADS, BATCH * HEADS / 2, Q, K, 6, 10);
        GradientCase c = GradientCase.of(shape, SEED);
        var call =
                new Case(
                        shape,
                        c.call().query().splitDim(0, BATCH),
                        c.call().key().splitDim(0, BATCH),
                        c.call().value().splitDim(0, BATCH),
                        mask,
                        Causal.BOTTOM_RIGHT,
                        SEED);
        return new GradientCase(call, c.gradOutput().splitDim(0, BATCH));
    }

    @ParameterizedTest(name = "{0}: {1}, useCheckpoint {2}")
    @MethodSource("subjectsAndMasks")
    void agreesWithFloat64(Subject subject, long[] maskShape, boolean checkpoint) {
        Tensor mask = Case.gaussian(SEED + 9, DataType.F32, maskShape);
        mask.narrow(-1, 5, 1).fill(Float.NEGATIVE_INFINITY);
        GradientCase c = call(mask);
        var options = options().useCheckpoint(checkpoint).build();
        GradientCase.Pass pass = c.pass(subject, options);
        assertGradient(pass.gradients().mask(), exact(c, options));
        assertThat(c.verdict(pass, options).ok()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void ofHalfTypesItIsFloat32AndChunksOfAnySizeAddUp(Subject subject) {
        for (DataType type : List.of(DataType.F16, DataType.BF16)) {
            GradientCase c = call(Case.gaussian(SEED + 9, type, BATCH, HEADS, 1, K));
            var options = options().queryChunkSize(16).kvChunkSize(16).build();
            assertGradient(c.pass(subject, options).gradients().mask(), exact(c, options));
        }
    }

    /** Of a mask in which columns lie apart, into one in which heads come last but one. */
    @ParameterizedTest
    @MethodSource("subjects")
    void goesIntoAnyLayoutAndOverwrites(Subject subject) {
        Tensor mask = Case.gaussian(SEED + 9, DataType.F32, BATCH, HEADS, Q, K + 3).narrow(3, 2, K);
        GradientCase c = call(mask);
        Tensor into = Tensor.allocate(DataType.F32, BATCH, Q, HEADS, K).permute(0, 2, 1, 3);
        into.fill(Float.NaN);
        try (Attention attention = subject.openForGradients(options().build());
                AttentionTape tape = c.forward(attention)) {
            AttentionGradients own = tape.backward(c.gradOutput());
            tape.backwardInto(
                    c.gradOutput(),
                    new AttentionGradients(own.query(), own.key(), own.value(), into));
            assertThat(into.toFloatArray())
                    .isEqualTo(Objects.requireNonNull(own.mask()).toFloatArray());
        }
        assertGradient(into, exact(c, options().build()));
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void thereIsNoneUnlessItIsAskedForAndThereIsAMask(Subject subject) {
        GradientCase c = call(Case.gaussian(SEED + 9, DataType.F32, Q, K));
        var without = c.options().build();
        GradientCase.Pass plain = c.pass(subject, without);
        assertThat(plain.gradients().mask()).isNull();
        GradientCase.Pass withMask = c.pass(subject, options().build());
        assertThat(withMask.gradients().mask()).isNotNull();
        assertThat(withMask.gradients().query().toFloatArray())
                .as("the others' bits stay")
                .isEqualTo(plain.gradients().query().toFloatArray());
        try (Attention attention = subject.openForGradients(options().build());
                AttentionTape tape =
                        attention.forward(c.call().query(), c.call().key(), c.call().value())) {
            assertThat(tape.backward(c.gradOutput()).mask()).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void ofPairsWithoutKeysOrVisibleKeysItIsZero(Subject subject) {
        Tensor mask = Tensor.allocate(DataType.F32, 2, 5, 6).fill(Float.NEGATIVE_INFINITY);
        GradientCase c = GradientCase.of(AttentionShape.of(2, 5, 6, 4), SEED).withMask(mask);
        Tensor gradient = c.pass(subject, options().build()).gradients().mask();
        assertThat(Objects.requireNonNull(gradient).toFloatArray()).hasSize(60).containsOnly(0);
    }

    /** In float64, summed to the mask's shape. */
    private static double[] exact(GradientCase c, AttentionOptions options) {
        Tensor mask = Objects.requireNonNull(c.call().mask());
        AttentionInputs in =
                AttentionInputs.of(
                        c.call().query(), c.call().key(), c.call().value(), mask, options);
        double[] full = ExactGradients.of(in, c.gradOutput()).mask();
        double[] sums = new double[Math.toIntExact(mask.elements())];
        Tensor places = Inputs.expanded(numbered(mask.shape()), in.query(), K);
        int at = 0;
        for (long b = 0; b < BATCH; b++) {
            for (long h = 0; h < HEADS; h++) {
                for (long i = 0; i < Q; i++) {
                    for (long j = 0; j < K; j++) {
                        sums[(int) places.get(b, h, i, j)] += full[at++];
                    }
                }
            }
        }
        return sums;
    }

    /** Each element is its own row-major place. */
    private static Tensor numbered(long[] shape) {
        Tensor like = Tensor.allocate(DataType.F32, shape);
        float[] places = new float[Math.toIntExact(like.elements())];
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
        }
        return Tensor.of(places, shape);
    }

    private static void assertGradient(@Nullable Tensor gradient, double[] expected) {
        float[] got = Objects.requireNonNull(gradient).toFloatArray();
        assertThat(gradient.dataType()).isEqualTo(DataType.F32);
        assertThat(got).hasSameSizeAs(expected);
        double error = 0;
        double norm = 0;
        for (int i = 0; i < got.length; i++) {
            if (expected[i] == 0) {
                assertThat(got[i]).as("hidden, element %d", i).isZero();
            }
            error += (got[i] - expected[i]) * (got[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        assertThat(Math.sqrt(error / norm)).isLessThanOrEqualTo(2e-6);
    }
}
