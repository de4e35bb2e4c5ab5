package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Gradients agree with float64 on shapes, masks, alignments and types of all kinds. */
@Tag("contract")
@Tag("lanes")
class GradientShapesContractTest {
    private static final long SEED = 20220527;

    /** Named corners, then random shapes, smallest first. */
    static List<AttentionShape> shapes() {
        List<AttentionShape> shapes = new ArrayList<>();
        shapes.add(AttentionShape.of(1, 1, 1, 1));
        shapes.add(new AttentionShape(1, 1, 1, 5, 3, 2));
        shapes.add(new AttentionShape(1, 1, 5, 1, 2, 3));
        shapes.add(new AttentionShape(4, 2, 1, 77, 40, 1)); // one query
        shapes.add(new AttentionShape(3, 1, 65, 1, 1, 20)); // one key
        shapes.add(new AttentionShape(2, 2, 63, 65, 20, 1));
        shapes.add(new AttentionShape(4, 1, 65, 63, 8, 40));
        shapes.add(new AttentionShape(1, 1, 64, 128, 16, 16));
        shapes.add(new AttentionShape(1, 1, 129, 64, 40, 17));
        shapes.add(new AttentionShape(3, 1, 2, 127, 33, 20)); // few queries of a group
        shapes.add(new AttentionShape(1, 1, 127, 129, 20, 33));
        shapes.add(new AttentionShape(1, 1, 17, 66, 80, 160));
        shapes.add(new AttentionShape(1, 1, 66, 17, 160, 80));
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 1; i <= 8; i++) {
            int keyHeads = random.nextInt(1, 3);
            shapes.add(
                    new AttentionShape(
                            (long) keyHeads * random.nextInt(1, 4),
                            keyHeads,
                            random.nextInt(1, 10 * i),
                            random.nextInt(1, 10 * i),
                            random.nextInt(1, 6 * i),
                            random.nextInt(1, 6 * i)));
        }
        return shapes;
    }

    static Stream<Arguments> subjectsAndShapes() {
        return Subject.onHost().stream()
                .flatMap(s -> shapes().stream().map(shape -> Arguments.of(s, shape, SEED)));
    }

    @ParameterizedTest(allowZeroInvocations = true, name = "{0}: {1}, seed {2}")
    @MethodSource("subjectsAndShapes")
    void agreesWithFloat64(Subject subject, AttentionShape shape, long seed) {
        GradientCase c = GradientCase.of(shape, seed);
        for (boolean checkpoint : new boolean[] {true, false}) {
            var options = c.options().useCheckpoint(checkpoint).build();
            assertThat(c.verdict(c.pass(subject, options)))
                    .as("useCheckpoint " + checkpoint)
                    .matches(GradientVerdict::ok);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true, name = "{0}: {1}, seed {2}")
    @MethodSource("subjectsAndShapes")
    void agreesWithFloat64WhenCausal(Subject subject, AttentionShape shape, long seed) {
        for (Causal causal : List.of(Causal.BOTTOM_RIGHT, Causal.TOP_LEFT)) {
            GradientCase c = GradientCase.of(shape, DataType.F32, causal, seed);
            for (boolean checkpoint : new boolean[] {true, false}) {
                var options = c.options().useCheckpoint(checkpoint).build();
                assertThat(c.verdict(c.pass(subject, options)))
                        .as("%s, useCheckpoint %s", causal, checkpoint)
                        .matches(GradientVerdict::ok);
            }
        }
    }

    @ParameterizedTest(allowZeroInvocations = true, name = "{0}: {1}, seed {2}")
    @MethodSource("subjectsAndShapes")
    void agreesWithFloat64UnderAnyMask(Subject subject, AttentionShape shape, long seed) {
        long heads = shape.queryHeads();
        long q = shape.queryTokens();
        long k = shape.keyTokens();
        GradientCase c = GradientCase.of(shape, DataType.F32, Causal.BOTTOM_RIGHT, seed);
        List<Tensor> masks = // in turn with weights recomputed and kept
                List.of(
                        Case.gaussian(seed + 5, DataType.BF16, heads, 1, k),
                        hiding(Case.gaussian(seed + 3, DataType.F32, heads, q, k)),
                        hiding(Case.gaussian(seed + 4, DataType.F16, 1, q, k)),
                        Case.truth(seed + 6, 0.7, heads, q, k),
                        Case.truth(seed + 7, 0.02, 1, q, k),
                        Case.truth(seed + 8, 0.3, heads, 1, k),
                        Case.truth(seed + 9, 0, 1, 1, k),
                        Case.truth(seed + 10, 0.5, q, k));
        for (int i = 0; i < masks.size(); i++) {
            GradientCase masked = c.withMask(masks.get(i));
            boolean checkpoint = i % 2 == 0;
            var options = c.options().useCheckpoint(checkpoint).build();
            assertThat(masked.verdict(masked.pass(subject, options)))
                    .as("useCheckpoint %s, mask %s", checkpoint, masks.get(i))
                    .matches(GradientVerdict::ok);
        }
    }

    /** Hides the pairs whose bias would be below −1. */
    private static Tensor hiding(Tensor bias) {
        for (long h = 0; h < bias.size(0); h++) {
            for (long i = 0; i < bias.size(1); i++) {
                for (long j = 0; j < bias.size(2); j++) {
                    if (bias.get(h, i, j) < -1) {
                        bias.set(Float.NEGATIVE_INFINITY, h, i, j);
                    }
                }
            }
        }
        return bias;
    }

    @ParameterizedTest(allowZeroInvocations = true, name = "{0}: {1}, seed {2}")
    @MethodSource("subjectsAndShapes")
    void givesFloat32WhateverTheInputsTypes(Subject subject, AttentionShape shape, long seed) {
        try (Attention attention = subject.openForGradients(AttentionOptions.DEFAULTS)) {
            for (DataType type : List.of(DataType.F16, DataType.BF16)) {
                GradientCase c = GradientCase.of(shape, type, Causal.NONE, seed);
                GradientCase.Pass pass = c.pass(attention);
                assertThat(pass.gradients().query().dataType()).isEqualTo(DataType.F32);
                assertThat(pass.gradients().key().dataType()).isEqualTo(DataType.F32);
                assertThat(pass.gradients().value().dataType()).isEqualTo(DataType.F32);
                assertThat(c.verdict(pass)).as(type.name()).matches(GradientVerdict::ok);
            }
        }
    }

    @ParameterizedTest(allowZeroInvocations = true, name = "{0}: {1}, seed {2}")
    @MethodSource("subjectsAndShapes")
    void keepsChunkSizesGiven(Subject subject, AttentionShape shape, long seed) {
        GradientCase c = GradientCase.of(shape, DataType.F32, Causal.BOTTOM_RIGHT, seed);
        for (int[] sizes : new int[][] {{1, 200}, {7, 3}, {64, 64}}) {
            var options =
                    c.options()
                            .queryChunkSize(sizes[0])
                            .kvChunkSize(sizes[1])
                            .useCheckpoint(sizes[0] != 64)
                            .build();
            try (Attention attention = subject.openForGradients(options)) {
                for (ChunkPlan plan :
                        List.of(attention.planForward(shape), attention.planBackward(shape))) {
                    assertThat(plan.queryChunkSize()).isBetween(1L, (long) sizes[0]);
                    assertThat(plan.kvChunkSize()).isBetween(1L, (long) sizes[1]);
                }
                assertThat(c.verdict(c.pass(attention)))
                        .as("%d, %d", sizes[0], sizes[1])
                        .matches(GradientVerdict::ok);
            }
        }
    }
}
