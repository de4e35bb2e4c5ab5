package io.github.subquad.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.Attention;
import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttentionTape;
import io.github.subquad.CallTiming;
import io.github.subquad.Causal;
import io.github.subquad.ChunkPlan;
import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Peers that differentiate give the gradients of the reference. */
class GradientAgreementTest {
    static final List<String> PEERS = List.of("naive", "original", "pytorch");

    private static final AttentionShape SHAPE = AttentionShape.of(2, 30, 40, 16);

    private static final List<AttentionShape> SHAPES =
            List.of(
                    AttentionShape.of(1, 1, 1, 1),
                    AttentionShape.of(2, 65, 77, 40),
                    AttentionShape.of(1, 1, 1001, 64),
                    AttentionShape.of(2, 300, 300, 64),
                    AttentionShape.of(1, 1100, 400, 8),
                    new AttentionShape(3, 3, 200, 131, 33, 50));

    static Stream<Arguments> everyPeerAtEveryShape() {
        List<Arguments> cases = new ArrayList<>();
        for (String peer : PEERS) {
            for (AttentionShape shape : SHAPES) {
                cases.add(Arguments.of(peer, shape, 1));
                cases.add(Arguments.of(peer, shape, 2));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} differentiates {1} with {2} threads as float64 does")
    @MethodSource("everyPeerAtEveryShape")
    void agreesWithFloat64(String peer, AttentionShape shape, int threads) {
        agrees(Call.random(shape, DataType.F32), on(peer).threads(threads));
    }

    @ParameterizedTest(name = "{0} differentiates scores of another scale")
    @FieldSource("PEERS")
    void scales(String peer) {
        agrees(Call.random(SHAPE, DataType.F32), on(peer).scale(0.7));
    }

    @ParameterizedTest(name = "{0} sums over the heads of a group")
    @ValueSource(strings = {"naive", "pytorch"})
    void groupsHeads(String peer) {
        agrees(Call.random(new AttentionShape(6, 2, 30, 70, 16, 16), DataType.F32), on(peer));
    }

    @ParameterizedTest(name = "{0} is causal, {1}, with {2} queries and {3} keys")
    @CsvSource({
        "naive, BOTTOM_RIGHT, 90, 90",
        "naive, BOTTOM_RIGHT, 20, 90",
        "naive, BOTTOM_RIGHT, 90, 20",
        "naive, TOP_LEFT, 20, 90",
        "pytorch, BOTTOM_RIGHT, 90, 90",
        "pytorch, TOP_LEFT, 20, 90",
        "pytorch, TOP_LEFT, 90, 20",
    })
    void isCausal(String peer, Causal causal, int queries, int keys) {
        Call call = Call.random(AttentionShape.of(2, queries, keys, 32), DataType.F32);
        agrees(call, on(peer).causal(causal));
    }

    @ParameterizedTest(name = "{0} adds a bias")
    @ValueSource(strings = {"naive", "pytorch"})
    void masks(String peer) {
        Call call = Call.random(SHAPE, DataType.F32);
        agrees(call.masked(Call.gaussian(7, DataType.F32, 2, 30, 40)), on(peer));
    }

    @ParameterizedTest(name = "{0} takes heads within tokens as a view")
    @FieldSource("PEERS")
    void takesHeadsWithinTokens(String peer) {
        Tensor query = Call.gaussian(1, DataType.F32, 60, 3, 16).permute(1, 0, 2);
        Tensor key = Call.gaussian(2, DataType.F32, 70, 3, 16).permute(1, 0, 2);
        Tensor value = Call.gaussian(3, DataType.F32, 70, 3, 24).permute(1, 0, 2);
        agrees(new Call(query, key, value, null), on(peer));
    }

    @ParameterizedTest(name = "the original in chunks of {0} queries and {1} keys")
    @CsvSource({"64, 50", "1000, 1000", "7, 300", "64, "})
    void theOriginalTakesChunkSizes(Integer queries, @Nullable Integer keys) {
        agrees(
                Call.random(AttentionShape.of(2, 200, 301, 16), DataType.F32),
                on("original").queryChunkSize(queries).kvChunkSize(keys));
    }

    @ParameterizedTest(name = "{0} tells what it computed and what it copied in each pass")
    @FieldSource("PEERS")
    void tellsItsTimes(String peer) {
        List<CallTiming> heard = new ArrayList<>();
        Call.random(SHAPE, DataType.F32).gradientVerdict(on(peer).timing(heard::add).build());
        assertThat(heard)
                .hasSize(3)
                .allSatisfy(timing -> assertThat(timing.kernel()).isPositive())
                .allSatisfy(timing -> assertThat(timing.fromDevice()).isPositive());
    }

    @ParameterizedTest(name = "{0} tells no log-sum-exp, and does not make one up")
    @FieldSource("PEERS")
    void tellsNoLogSumExp(String peer) {
        Call call = Call.random(SHAPE, DataType.F32);
        try (var attention = Attention.open(on(peer).build());
                AttentionTape tape = attention.forward(call.query(), call.key(), call.value())) {
            assertThat(tape.logSumExp().toFloatArray()).containsOnly(Float.NaN);
        }
    }

    @ParameterizedTest(name = "{0} gives no gradients, and says why")
    @CsvSource({"onnxruntime, infer", "nd4j, SameDiff"})
    void refusesWithAReason(String peer, String reason) {
        Call call = Call.random(SHAPE, DataType.F32);
        try (var attention = Attention.open(on(peer).build())) {
            assertThatThrownBy(() -> attention.forward(call.query(), call.key(), call.value()))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("gives no gradients: ")
                    .hasMessageContaining(reason);
        }
    }

    @ParameterizedTest(name = "{0} gives no sums of some keys")
    @FieldSource("PEERS")
    void givesNoPartialSums(String peer) {
        Call call = Call.random(SHAPE, DataType.F32);
        try (var attention = Attention.open(on(peer).build());
                AttentionTape tape = attention.forward(call.query(), call.key(), call.value())) {
            assertThatThrownBy(
                            () ->
                                    attention.differentiateChunk(
                                            call.query(),
                                            call.key(),
                                            call.value(),
                                            tape.output(),
                                            tape.logSumExp(),
                                            tape.output(),
                                            1))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("all keys at once");
        }
    }

    @Test
    void pytorchTakesAGradientOfTheOutputsType() {
        Call call = Call.random(SHAPE, DataType.F32);
        try (var attention = Attention.open(on("pytorch").build());
                AttentionTape tape = attention.forward(call.query(), call.key(), call.value())) {
            Tensor half = Tensor.allocate(DataType.F16, tape.output().shape());
            assertThatThrownBy(() -> tape.backward(half))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("gradOutput: ");
        }
    }

    @Test
    void naiveHoldsTheWeightsOfAllHeadsAsPlanned() {
        Call call = Call.random(SHAPE, DataType.F32);
        try (var attention = Attention.open(on("naive").threads(1).build());
                AttentionTape tape = attention.forward(call.query(), call.key(), call.value())) {
            assertThat(tape.keptBytes()).isEqualTo(2 * 4 * 30 * 40);
            ChunkPlan backward = attention.planBackward(SHAPE);
            AttentionGradients _ = tape.backward(tape.output());
            assertThat(attention.peakBytes()).isEqualTo(backward.extraBytes());
            assertThat(backward.extraBytes())
                    .isEqualTo(4 * (2 * 30 * 40 + 2 * 30 * 40 + 2 * 2 * 70 * 32))
                    .isGreaterThan(attention.planForward(SHAPE).extraBytes());
        }
    }

    private static AttentionOptions.Builder on(String peer) {
        return AttentionOptions.builder().backend(peer);
    }

    private static void agrees(Call call, AttentionOptions.Builder options) {
        GradientVerdict verdict = call.gradientVerdict(options.build());
        assertThat(verdict.ok()).as(verdict.toString()).isTrue();
    }
}
