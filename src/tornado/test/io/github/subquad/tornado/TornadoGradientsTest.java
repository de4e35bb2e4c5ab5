package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.Attention;
import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttentionTape;
import io.github.subquad.AttnGradChunk;
import io.github.subquad.Causal;
import io.github.subquad.SubQuadraticAttention;
import io.github.subquad.bench.Gaussians;
import io.github.subquad.io.Cases;
import io.github.subquad.io.SafetensorsFile;
import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/** Gradients of every device agree with float64, whatever the shape and however it is cut. */
@Tag("device")
class TornadoGradientsTest {
    private static final AttentionOptions OPTIONS =
            AttentionOptions.builder().backend("tornado").build();
    private static final AttentionOptions CHUNKS =
            OPTIONS.toBuilder().queryChunkSize(16).kvChunkSize(24).build();
    private static final AttentionOptions KEEPING = CHUNKS.toBuilder().useCheckpoint(false).build();

    static List<Arguments> shapes() {
        return List.of(
                Arguments.of(AttentionShape.of(1, 1, 1, 4), Causal.NONE),
                Arguments.of(AttentionShape.of(2, 65, 257, 40), Causal.NONE),
                Arguments.of(new AttentionShape(6, 2, 130, 333, 33, 17), Causal.TOP_LEFT),
                Arguments.of(new AttentionShape(6, 2, 130, 333, 33, 17), Causal.BOTTOM_RIGHT),
                Arguments.of(AttentionShape.of(3, 200, 70, 64), Causal.BOTTOM_RIGHT));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void anyShapeAndCausality(AttentionShape shape, Causal causal) {
        for (DeviceTraits device : DeviceCatalog.devices()) {
            var options = OPTIONS.toBuilder().device(device.id()).causal(causal).build();
            try (var attention = Attention.open(options)) {
                assertThat(GradientProblem.of(shape).judge(attention))
                        .as(device.address())
                        .matches(GradientVerdict::ok);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"even", "ragged"})
    void goldenGradients(String name) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(Cases.golden("gradients_" + name))) {
            var problem =
                    new GradientProblem(
                            file.tensor("query"),
                            file.tensor("key"),
                            file.tensor("value"),
                            null,
                            file.tensor("grad_output"));
            for (AttentionOptions options : List.of(OPTIONS, CHUNKS, KEEPING)) {
                try (var attention = Attention.open(options)) {
                    AttentionGradients got = problem.gradients(attention);
                    assertClose(got.query(), file.tensor("grad_query"), 2e-6);
                    assertClose(got.key(), file.tensor("grad_key"), 2e-6);
                    assertClose(got.value(), file.tensor("grad_value"), 2e-6);
                }
            }
        }
    }

    /** Chunks of fewer keys than a tile are slabs, whose gradients of queries the host sums. */
    @ParameterizedTest
    @CsvSource({"24, true, NONE", "24, false, TOP_LEFT", "5, true, BOTTOM_RIGHT", "5, false, NONE"})
    void smallChunksAndSlabsOfNarrowTypes(int keys, boolean checkpoint, Causal causal) {
        var shape = new AttentionShape(4, 2, 50, 43, 12, 20);
        AttentionOptions options =
                CHUNKS.toBuilder()
                        .kvChunkSize(keys)
                        .useCheckpoint(checkpoint)
                        .causal(causal)
                        .build();
        try (var attention = Attention.open(options)) {
            for (DataType type : List.of(DataType.F32, DataType.F16, DataType.BF16)) {
                assertThat(GradientProblem.of(shape, type).judge(attention))
                        .as("%s", type)
                        .matches(GradientVerdict::ok);
            }
        }
    }

    @Test
    void keptWeightsStandForThoseThatAreRecomputed() {
        var problem = GradientProblem.of(new AttentionShape(4, 2, 90, 100, 12, 20));
        try (var recomputing = Attention.open(CHUNKS);
                var keeping = Attention.open(KEEPING)) {
            AttentionGradients expected = problem.gradients(recomputing);
            try (AttentionTape tape = problem.forward(keeping)) {
                assertThat(tape.keptBytes()).isEqualTo(4L * 4 * 90 * (104 + 5));
                AttentionGradients got = tape.backward(problem.gradOutput());
                assertClose(got.query(), expected.query(), 1e-6);
                assertClose(got.key(), expected.key(), 1e-6);
                assertClose(got.value(), expected.value(), 1e-6);
            }
        }
    }

    @Test
    void theGradientOfAMaskIsSummedOverWhatRepeatsIt() {
        var shape = new AttentionShape(4, 2, 50, 43, 12, 20);
        try (var reference =
                        Attention.open(
                                AttentionOptions.builder()
                                        .backend("reference")
                                        .maskGradient(true)
                                        .causal(Causal.BOTTOM_RIGHT)
                                        .build());
                var attention =
                        Attention.open(
                                KEEPING.toBuilder()
                                        .maskGradient(true)
                                        .causal(Causal.BOTTOM_RIGHT)
                                        .build())) {
            for (long[] sizes : new long[][] {{4, 50, 43}, {1, 50, 43}, {4, 1, 43}, {1, 1, 43}}) {
                Tensor mask = Tensor.allocate(DataType.F32, sizes);
                Gaussians.fill(mask, 5);
                mask.set(Float.NEGATIVE_INFINITY, 0, 0, 7);
                GradientProblem problem = GradientProblem.of(shape).masked(mask);
                Tensor got = Objects.requireNonNull(problem.gradients(attention).mask());
                Tensor expected = Objects.requireNonNull(problem.gradients(reference).mask());
                assertClose(got, expected, 2e-6);
                assertThat(got.get(0, 0, 7)).as("hidden").isEqualTo(expected.get(0, 0, 7));
            }
        }
    }

    /** Key 7 is hidden from all, query 11 sees nothing, query 12 is spoilt and sees key 3 alone. */
    @Test
    void hiddenPairsContributeNothingWhateverTheyHold() {
        var shape = AttentionShape.of(2, 40, 30, 24);
        Tensor mask = Tensor.allocate(DataType.F32, 1, 40, 30);
        for (long i = 0; i < 40; i++) {
            mask.set(Float.NEGATIVE_INFINITY, 0, i, 7);
        }
        for (long j = 0; j < 30; j++) {
            mask.set(Float.NEGATIVE_INFINITY, 0, 11, j);
            mask.set(j == 3 ? 0 : Float.NEGATIVE_INFINITY, 0, 12, j);
        }
        GradientProblem clean = GradientProblem.of(shape).masked(mask);
        GradientProblem spoilt = GradientProblem.of(shape).masked(mask);
        spoilt.key().set(Float.NaN, 0, 7, 3);
        spoilt.value().set(Float.POSITIVE_INFINITY, 0, 7, 5);
        spoilt.query().set(Float.NEGATIVE_INFINITY, 1, 11, 0);
        spoilt.gradOutput().set(Float.NaN, 1, 11, 1);
        for (AttentionOptions options : List.of(OPTIONS, KEEPING)) {
            try (var attention = Attention.open(options)) {
                AttentionGradients expected = clean.gradients(attention);
                AttentionGradients got = spoilt.gradients(attention);
                assertSame(got, expected);
                for (long c = 0; c < 24; c++) {
                    assertThat(got.query().get(0, 11, c)).isZero();
                    assertThat(got.key().get(0, 7, c)).isZero();
                    assertThat(got.value().get(0, 7, c)).isZero();
                }
                spoilt.gradOutput().set(Float.NaN, 1, 12, 1);
                AttentionGradients marked = spoilt.gradients(attention);
                assertThat(marked.value().get(1, 3, 1)).isNaN();
                assertThat(marked.value().get(1, 3, 2)).isEqualTo(expected.value().get(1, 3, 2));
                assertThat(marked.value().get(1, 4, 1)).isEqualTo(expected.value().get(1, 4, 1));
                assertThat(marked.key().get(1, 3, 1)).isNaN();
                assertThat(marked.key().get(1, 4, 1)).isEqualTo(expected.key().get(1, 4, 1));
                spoilt.gradOutput().set(0, 1, 12, 1);
                clean.gradOutput().set(0, 1, 12, 1);
                assertSame(spoilt.gradients(attention), clean.gradients(attention));
            }
        }
    }

    @Test
    void visibleSpoiltNumbersSpoilWhatSeesThem() {
        var problem = GradientProblem.of(AttentionShape.of(2, 40, 30, 24));
        problem.key().set(Float.NaN, 0, 20, 3);
        problem.value().set(Float.POSITIVE_INFINITY, 1, 29, 5);
        problem.query().set(Float.NaN, 1, 39, 0);
        var options = OPTIONS.toBuilder().causal(Causal.BOTTOM_RIGHT).build();
        try (var attention = Attention.open(options)) {
            assertThat(problem.judge(attention)).matches(GradientVerdict::ok);
        }
    }

    @Test
    void hugeScores() {
        var problem = GradientProblem.of(AttentionShape.of(2, 40, 90, 16));
        for (long i = 0; i < 40; i++) {
            for (long c = 0; c < 16; c++) {
                problem.query().set(3000 * problem.query().get(0, i, c), 0, i, c);
            }
        }
        try (var attention = Attention.open(OPTIONS)) {
            assertThat(problem.judge(attention)).matches(GradientVerdict::ok);
        }
    }

    @Test
    void theSameBitsFromRunToRunAndFromThreadToThread() throws Exception {
        var problem = GradientProblem.of(new AttentionShape(4, 2, 90, 100, 12, 20));
        try (var first = Attention.open(CHUNKS);
                var second = Attention.open(CHUNKS);
                var threads = Executors.newFixedThreadPool(3)) {
            AttentionGradients expected = problem.gradients(first);
            List<Callable<AttentionGradients>> calls = new ArrayList<>();
            for (int n = 0; n < 6; n++) {
                Attention attention = n % 2 == 0 ? first : second;
                calls.add(() -> problem.gradients(attention));
            }
            for (var got : threads.invokeAll(calls)) {
                assertSame(got.get(), expected);
            }
        }
    }

    @Test
    void chunksOfACallAddUpToItsGradients() {
        var problem = GradientProblem.of(new AttentionShape(4, 2, 50, 43, 12, 20));
        try (var attention = Attention.open(OPTIONS);
                AttentionTape tape = problem.forward(attention)) {
            AttentionGradients whole = tape.backward(problem.gradOutput());
            Tensor sums = Tensor.allocate(DataType.F32, whole.query().shape());
            for (long start = 0; start < 43; start += 20) {
                AttnGradChunk part =
                        attention.differentiateChunk(
                                problem.query(),
                                SubQuadraticAttention.narrowTrunc(problem.key(), 1, start, 20),
                                SubQuadraticAttention.narrowTrunc(problem.value(), 1, start, 20),
                                tape.output(),
                                tape.logSumExp(),
                                problem.gradOutput(),
                                1 / Math.sqrt(12));
                sums.addFrom(Tensor.of(part.query(), sums.shape()));
                Tensor keys = SubQuadraticAttention.narrowTrunc(whole.key(), 1, start, 20);
                assertClose(Tensor.of(part.key(), keys.shape()), keys, 2e-6);
            }
            assertClose(sums, whole.query(), 2e-6);
        }
    }

    private static void assertSame(AttentionGradients got, AttentionGradients expected) {
        assertThat(got.query().toFloatArray()).isEqualTo(expected.query().toFloatArray());
        assertThat(got.key().toFloatArray()).isEqualTo(expected.key().toFloatArray());
        assertThat(got.value().toFloatArray()).isEqualTo(expected.value().toFloatArray());
    }

    private static void assertClose(Tensor got, Tensor expected, double tolerance) {
        float[] a = got.toFloatArray();
        float[] b = expected.toFloatArray();
        double error = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            error += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
            norm += (double) b[i] * b[i];
        }
        assertThat(Math.sqrt(error / norm)).isLessThanOrEqualTo(tolerance);
    }
}
