package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.reference.Verdict;
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

/** Every engine agrees with float64 on shapes, masks, alignments and types of all kinds. */
@Tag("contract")
@Tag("lanes")
class ShapesContractTest {
    private static final long SEED = 20211210;

    /** Named corners, then random shapes, smallest first. */
    static List<AttentionShape> shapes() {
        List<AttentionShape> shapes = new ArrayList<>();
        shapes.add(AttentionShape.of(1, 1, 1, 1));
        shapes.add(new AttentionShape(1, 1, 1, 5, 3, 2));
        shapes.add(new AttentionShape(2, 1, 3, 5, 7, 2));
        shapes.add(new AttentionShape(4, 2, 1, 77, 40, 40));
        shapes.add(new AttentionShape(6, 2, 3, 130, 33, 17));
        shapes.add(new AttentionShape(1, 1, 63, 129, 16, 16));
        shapes.add(new AttentionShape(2, 2, 65, 77, 40, 40));
        shapes.add(new AttentionShape(3, 3, 200, 131, 33, 50));
        shapes.add(new AttentionShape(8, 2, 70, 70, 64, 64));
        shapes.add(new AttentionShape(1, 1, 130, 400, 80, 61));
        shapes.add(new AttentionShape(1, 1, 600, 300, 160, 160));
        shapes.add(new AttentionShape(2, 1, 1, 8300, 24, 20)); // keys are split
        shapes.add(new AttentionShape(1, 1, 70, 8300, 8, 12)); // keys are split, by blocks
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 1; i <= 12; i++) {
            int keyHeads = random.nextInt(1, 4);
            shapes.add(
                    new AttentionShape(
                            (long) keyHeads * random.nextInt(1, 4),
                            keyHeads,
                            random.nextInt(1, 20 * i),
                            random.nextInt(1, 20 * i),
                            random.nextInt(1, 8 * i),
                            random.nextInt(1, 8 * i)));
        }
        return shapes;
    }

    static Stream<Arguments> subjectsAndShapes() {
        return Subject.all().stream()
                .flatMap(s -> shapes().stream().map(shape -> Arguments.of(s, shape, SEED)));
    }

    @ParameterizedTest(name = "{0}: {1}, seed {2}")
    @MethodSource("subjectsAndShapes")
    void agreesWithFloat64(Subject subject, AttentionShape shape, long seed) {
        Case c = Case.of(shape, seed);
        assertThat(c.verdict(c.attend(subject))).matches(Verdict::ok);
    }

    @ParameterizedTest(name = "{0}: {1}, seed {2}")
    @MethodSource("subjectsAndShapes")
    void agreesWithFloat64WhenCausal(Subject subject, AttentionShape shape, long seed) {
        for (Causal causal : List.of(Causal.BOTTOM_RIGHT, Causal.TOP_LEFT)) {
            Case c = Case.of(shape, DataType.F32, causal, seed);
            assertThat(c.verdict(c.attend(subject))).as(causal.name()).matches(Verdict::ok);
        }
    }

    @ParameterizedTest(name = "{0}: {1}, seed {2}")
    @MethodSource("subjectsAndShapes")
    void agreesWithFloat64UnderAnyMask(Subject subject, AttentionShape shape, long seed) {
        long heads = shape.queryHeads();
        long q = shape.queryTokens();
        long k = shape.keyTokens();
        Case c = Case.of(shape, DataType.F32, Causal.BOTTOM_RIGHT, seed);
        List<Tensor> masks =
                List.of(
                        Case.gaussian(seed + 3, DataType.F32, heads, q, k),
                        Case.gaussian(seed + 4, DataType.F16, 1, q, k),
                        Case.gaussian(seed + 5, DataType.BF16, heads, 1, k),
                        Case.truth(seed + 6, 0.7, heads, q, k),
                        Case.truth(seed + 7, 0.02, 1, q, k),
                        Case.truth(seed + 8, 0.3, heads, 1, k),
                        Case.truth(seed + 9, 1, 1, 1, k),
                        Case.truth(seed + 10, 0, 1, 1, k),
                        Case.truth(seed + 11, 0.5, q, k));
        try (Attention attention = subject.open(c.options().build())) {
            for (Tensor mask : masks) {
                Case masked = c.withMask(mask);
                assertThat(masked.verdict(masked.attend(attention)))
                        .as("mask " + mask)
                        .matches(Verdict::ok);
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}, seed {2}")
    @MethodSource("subjectsAndShapes")
    void takesAndGivesHalfTypes(Subject subject, AttentionShape shape, long seed) {
        AttentionOptions options = AttentionOptions.builder().returnLogSumExp(true).build();
        try (Attention attention = subject.open(options)) {
            for (DataType type : List.of(DataType.F16, DataType.BF16)) {
                Case c = Case.of(shape, type, Causal.NONE, seed);
                AttentionResult result = c.attend(attention);
                assertThat(result.output().dataType()).isEqualTo(type);
                assertThat(c.verdict(result)).as(type.name()).matches(Verdict::ok);
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}, seed {2}")
    @MethodSource("subjectsAndShapes")
    void keepsChunkSizesGiven(Subject subject, AttentionShape shape, long seed) {
        Case c = Case.of(shape, DataType.F32, Causal.BOTTOM_RIGHT, seed);
        for (int[] sizes : new int[][] {{1, 200}, {7, 3}, {64, 64}, {1000, 1000}}) {
            if (shape.queryTokens() * shape.keyTokens() / sizes[0] / sizes[1] > 5000) {
                continue; // too many chunks to be quick
            }
            var options = c.options().queryChunkSize(sizes[0]).kvChunkSize(sizes[1]).build();
            try (Attention attention = subject.open(options)) {
                ChunkPlan plan = attention.plan(shape);
                assertThat(plan.queryChunkSize()).isBetween(1L, (long) sizes[0]);
                assertThat(plan.kvChunkSize()).isBetween(1L, (long) sizes[1]);
                AttentionResult result = attention.attend(c.query(), c.key(), c.value());
                assertThat(c.verdict(result)).as("%d, %d", sizes[0], sizes[1]).matches(Verdict::ok);
            }
        }
    }
}
