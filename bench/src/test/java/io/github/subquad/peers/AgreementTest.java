package io.github.subquad.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A peer that computes something else, or is fed wrongly, would make every ratio worthless. */
class AgreementTest {
    private static final List<String> PEERS =
            List.of("naive", "nd4j", "onnxruntime", "original", "pytorch");

    private static final List<AttentionShape> SHAPES =
            List.of(
                    AttentionShape.of(1, 1, 1, 1),
                    AttentionShape.of(2, 65, 77, 40),
                    AttentionShape.of(1, 1, 3001, 64),
                    AttentionShape.of(2, 300, 300, 160),
                    AttentionShape.of(1, 1100, 1000, 8),
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

    @ParameterizedTest(name = "{0} agrees with float64 at {1} with {2} threads")
    @MethodSource("everyPeerAtEveryShape")
    void agreesWithFloat64(String peer, AttentionShape shape, int threads) {
        agrees(Call.random(shape, DataType.F32), on(peer).threads(threads));
    }

    @ParameterizedTest(name = "{0} scales the scores as it is told")
    @ValueSource(strings = {"naive", "onnxruntime", "original", "pytorch"})
    void scales(String peer) {
        agrees(Call.random(AttentionShape.of(2, 30, 40, 16), DataType.F32), on(peer).scale(0.7));
    }

    @ParameterizedTest(name = "{0} attends {1}")
    @CsvSource({"naive, F16", "naive, BF16", "pytorch, F16", "pytorch, BF16"})
    void takesHalfPrecision(String peer, DataType type) {
        Call call = Call.random(AttentionShape.of(2, 65, 77, 40), type);
        Verdict verdict = call.verdict(on(peer).build());
        // PyTorch rounds the weights to the inputs' type too: half a unit more.
        double unit = type == DataType.F16 ? 0x1p-11 : 0x1p-8;
        assertThat(verdict.relativeError()).as(verdict.toString()).isLessThan(2 * unit);
    }

    @ParameterizedTest(name = "{0} groups heads")
    @ValueSource(strings = {"naive", "pytorch"})
    void groupsHeads(String peer) {
        agrees(Call.random(new AttentionShape(6, 2, 30, 70, 16, 24), DataType.F32), on(peer));
    }

    @ParameterizedTest(name = "{0} is causal, {1}, with {2} queries and {3} keys")
    @CsvSource({
        "naive, BOTTOM_RIGHT, 90, 90",
        "naive, BOTTOM_RIGHT, 20, 90",
        "naive, BOTTOM_RIGHT, 90, 20",
        "naive, TOP_LEFT, 20, 90",
        "onnxruntime, BOTTOM_RIGHT, 90, 90",
        "onnxruntime, BOTTOM_RIGHT, 1, 90",
        "onnxruntime, TOP_LEFT, 90, 90",
        "pytorch, BOTTOM_RIGHT, 90, 90",
        "pytorch, BOTTOM_RIGHT, 1, 90",
        "pytorch, TOP_LEFT, 90, 90",
        "pytorch, TOP_LEFT, 20, 90",
        "pytorch, TOP_LEFT, 90, 20",
    })
    void isCausal(String peer, Causal causal, int queries, int keys) {
        Call call = Call.random(AttentionShape.of(2, queries, keys, 32), DataType.F32);
        agrees(call, on(peer).causal(causal));
    }

    @ParameterizedTest(name = "{0} adds a bias and hides pairs")
    @ValueSource(strings = {"naive", "pytorch"})
    void masks(String peer) {
        Call call = Call.random(AttentionShape.of(2, 40, 50, 32), DataType.F32);
        agrees(call.masked(Call.gaussian(7, DataType.F32, 2, 40, 50)), on(peer));
        Tensor visible = Tensor.allocate(DataType.BOOL, 1, 40, 50);
        for (int i = 1; i < 40; i++) { // query 0 sees nothing
            for (int j = 0; j < 50; j++) {
                visible.set((i * 7 + j) % 3, 0, i, j);
            }
        }
        agrees(call.masked(visible), on(peer));
    }

    @ParameterizedTest(name = "{0} takes [batch, tokens, heads, channels] as a view")
    @ValueSource(strings = {"naive", "pytorch"})
    void takesViews(String peer) {
        Tensor query = Call.gaussian(1, DataType.F32, 2, 60, 3, 16).permute(0, 2, 1, 3);
        Tensor key = Call.gaussian(2, DataType.F32, 2, 70, 3, 16).permute(0, 2, 1, 3);
        Tensor value = Call.gaussian(3, DataType.F32, 2, 70, 3, 24).permute(0, 2, 1, 3);
        agrees(new Call(query, key, value, null), on(peer));
    }

    @ParameterizedTest(name = "{0} takes heads within tokens as a view")
    @ValueSource(strings = {"naive", "nd4j", "original", "pytorch"})
    void takesHeadsWithinTokens(String peer) {
        Tensor query = Call.gaussian(1, DataType.F32, 60, 3, 16).permute(1, 0, 2);
        Tensor key = Call.gaussian(2, DataType.F32, 70, 3, 16).permute(1, 0, 2);
        Tensor value = Call.gaussian(3, DataType.F32, 70, 3, 24).permute(1, 0, 2);
        agrees(new Call(query, key, value, null), on(peer));
    }

    @ParameterizedTest(name = "{0} writes a view")
    @ValueSource(strings = {"naive", "nd4j", "onnxruntime", "original", "pytorch"})
    void writesViews(String peer) {
        writes(peer, DataType.F32);
    }

    @ParameterizedTest(name = "{0} writes a view of float16")
    @ValueSource(strings = {"naive", "onnxruntime", "original", "pytorch"})
    void writesHalfPrecision(String peer) {
        writes(peer, DataType.F16);
    }

    private static void writes(String peer, DataType type) {
        Call call = Call.random(AttentionShape.of(2, 60, 70, 16), DataType.F32);
        Tensor output = Tensor.allocate(type, 60, 2, 16).permute(1, 0, 2);
        AttentionOptions options = on(peer).build();
        try (var attention = Attention.open(options)) {
            attention.attendInto(call.query(), call.key(), call.value(), null, output, null);
        }
        Verdict verdict = call.verdict(output, options);
        assertThat(verdict.ok()).as(verdict.toString()).isTrue();
    }

    @ParameterizedTest(name = "the original with chunks of {0} queries and {1} keys, least {2}")
    @CsvSource({"64, 50, ", "64, , 30", "1000, 1, ", "7, 300, ", ", , 1000"})
    void theOriginalTakesChunkSizes(
            @Nullable Integer queries, @Nullable Integer keys, @Nullable Integer least) {
        agrees(
                Call.random(AttentionShape.of(2, 200, 301, 16), DataType.F32),
                on("original").queryChunkSize(queries).kvChunkSize(keys).kvChunkSizeMin(least));
    }

    private static AttentionOptions.Builder on(String peer) {
        return AttentionOptions.builder().backend(peer);
    }

    private static void agrees(Call call, AttentionOptions.Builder options) {
        Verdict verdict = call.verdict(options.build());
        assertThat(verdict.ok()).as(verdict.toString()).isTrue();
    }
}
