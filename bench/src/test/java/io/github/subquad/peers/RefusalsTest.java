package io.github.subquad.peers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.Kernel;
import io.github.subquad.MemoryBudget;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** What a peer cannot do is said beside a skipped row: each refusal names its argument. */
class RefusalsTest {
    static final List<String> PEERS =
            List.of("naive", "nd4j", "onnxruntime", "original", "pytorch");

    private static final AttentionShape SHAPE = AttentionShape.of(2, 30, 40, 16);

    @ParameterizedTest(name = "{0} gives no log-sum-exp")
    @FieldSource("PEERS")
    void noLogSumExp(String peer) {
        opening(on(peer).returnLogSumExp(true), "returnLogSumExp: ");
    }

    @ParameterizedTest(name = "{0} gives no gradient of a mask")
    @FieldSource("PEERS")
    void noMaskGradient(String peer) {
        opening(on(peer).maskGradient(true), "maskGradient: ");
    }

    @ParameterizedTest(name = "{0} gives no log-sum-exp to a call either")
    @FieldSource("PEERS")
    void noLogSumExpOfACall(String peer) {
        Call call = Call.random(SHAPE, DataType.F32);
        Tensor output = Tensor.allocate(DataType.F32, 2, 30, 16);
        Tensor logSumExp = Tensor.allocate(DataType.F32, 2, 30);
        try (var attention = Attention.open(on(peer).build())) {
            assertThatThrownBy(
                            () ->
                                    attention.attendInto(
                                            call.query(),
                                            call.key(),
                                            call.value(),
                                            null,
                                            output,
                                            logSumExp))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("logSumExp: ");
        }
    }

    @ParameterizedTest(name = "{0} does not run as {1}")
    @CsvSource({
        "naive, FUSED",
        "nd4j, FUSED",
        "onnxruntime, STAGED",
        "original, FUSED",
        "pytorch, STAGED"
    })
    void noOtherForm(String peer, Kernel form) {
        opening(on(peer).kernel(form), "kernel: expected AUTO or ");
    }

    @ParameterizedTest(name = "{0} takes no chunk sizes")
    @ValueSource(strings = {"naive", "nd4j", "onnxruntime", "pytorch"})
    void noChunkSizes(String peer) {
        opening(on(peer).queryChunkSize(7), "queryChunkSize: ");
        opening(on(peer).kvChunkSize(7), "kvChunkSize: ");
    }

    @ParameterizedTest(name = "{0} takes no memory budget")
    @ValueSource(strings = {"nd4j", "onnxruntime", "original", "pytorch"})
    void noBudget(String peer) {
        opening(on(peer).memoryBudget(MemoryBudget.parse("1MiB")), "memoryBudget: ");
    }

    @ParameterizedTest(name = "{0} is not causal")
    @ValueSource(strings = {"nd4j", "original"})
    void notCausal(String peer) {
        opening(on(peer).causal(Causal.TOP_LEFT), "causal: ");
    }

    @ParameterizedTest(name = "{0} has no scale of the caller")
    @ValueSource(strings = "nd4j")
    void noScale(String peer) {
        opening(on(peer).scale(0.5), "scale: ");
    }

    @ParameterizedTest(name = "{0} does not align {1} with {2} queries and {3} keys")
    @CsvSource({
        "onnxruntime, BOTTOM_RIGHT, 30, 40",
        "onnxruntime, TOP_LEFT, 30, 40",
        "onnxruntime, TOP_LEFT, 1, 40",
        "pytorch, BOTTOM_RIGHT, 30, 40",
        "pytorch, BOTTOM_RIGHT, 40, 30",
    })
    void noSuchAlignment(String peer, Causal causal, int queries, int keys) {
        planning(on(peer).causal(causal), AttentionShape.of(2, queries, keys, 16), "causal: ");
    }

    @ParameterizedTest(name = "{0} groups no heads")
    @ValueSource(strings = {"nd4j", "onnxruntime", "original"})
    void noGroups(String peer) {
        planning(on(peer), new AttentionShape(6, 2, 30, 40, 16, 16), "key heads: ");
    }

    @ParameterizedTest(name = "{0} wants keys")
    @FieldSource("PEERS")
    void wantsKeys(String peer) {
        planning(on(peer), AttentionShape.of(2, 30, 0, 16), "key tokens: ");
    }

    @ParameterizedTest(name = "naive takes no head of {0} x {1} tokens, but names the {2}")
    @CsvSource({"2000000, 2000000, query tokens", "1, 300000000, key"})
    void naiveHeadsFitTheHeap(long queries, long keys, String argument) {
        planning(on("naive"), AttentionShape.of(1, queries, keys, 16), argument + ": ");
    }

    @ParameterizedTest(name = "{0} takes no mask")
    @ValueSource(strings = {"nd4j", "onnxruntime", "original"})
    void noMask(String peer) {
        Tensor mask = Tensor.allocate(DataType.F32, 1, 30, 40);
        attending(on(peer), Call.random(SHAPE, DataType.F32).masked(mask), "mask: ");
    }

    @ParameterizedTest(name = "pytorch takes no mask beside causality, and none of another type")
    @CsvSource({"TOP_LEFT, F32", "NONE, F16"})
    void noSuchMask(Causal causal, DataType type) {
        Tensor mask = Tensor.allocate(type, 1, 30, 40);
        attending(
                on("pytorch").causal(causal),
                Call.random(SHAPE, DataType.F32).masked(mask),
                "mask: ");
    }

    @ParameterizedTest(name = "{0} takes float32 alone")
    @ValueSource(strings = {"nd4j", "onnxruntime", "original"})
    void noHalfPrecision(String peer) {
        attending(on(peer), Call.random(SHAPE, DataType.F16), "query: ");
    }

    @ParameterizedTest(name = "pytorch takes inputs of one type")
    @ValueSource(strings = {"key", "value"})
    void noMixedTypes(String other) {
        Call f32 = Call.random(SHAPE, DataType.F32);
        Call f16 = Call.random(SHAPE, DataType.F16);
        Call mixed =
                other.equals("key")
                        ? new Call(f32.query(), f16.key(), f32.value(), null)
                        : new Call(f32.query(), f32.key(), f16.value(), null);
        attending(on("pytorch"), mixed, other + ": ");
    }

    @ParameterizedTest(name = "{0} takes no tensors in the Java heap")
    @ValueSource(strings = {"nd4j", "onnxruntime", "original", "pytorch"})
    void noHeapMemory(String peer) {
        Call call = Call.random(SHAPE, DataType.F32);
        Tensor onHeap =
                Tensor.wrap(
                        MemorySegment.ofArray(call.query().toFloatArray()),
                        DataType.F32,
                        call.query().shape());
        attending(on(peer), new Call(onHeap, call.key(), call.value(), null), "query: ");
    }

    @ParameterizedTest(name = "{0} takes no views of this kind")
    @ValueSource(strings = {"nd4j", "onnxruntime", "original"})
    void noSuchViews(String peer) {
        Tensor query = Call.gaussian(1, DataType.F32, 2, 60, 3, 16).permute(0, 2, 1, 3);
        Tensor key = Call.gaussian(2, DataType.F32, 2, 3, 70, 16);
        attending(on(peer), new Call(query, key, key, null), "query: ");
    }

    private static AttentionOptions.Builder on(String peer) {
        return AttentionOptions.builder().backend(peer).threads(1);
    }

    private static void opening(AttentionOptions.Builder options, String message) {
        assertThatThrownBy(() -> Attention.open(options.build()).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private static void planning(
            AttentionOptions.Builder options, AttentionShape shape, String message) {
        try (var attention = Attention.open(options.build())) {
            assertThatThrownBy(() -> attention.plan(shape))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(message);
        }
    }

    private static void attending(AttentionOptions.Builder options, Call call, String message) {
        assertThatThrownBy(() -> call.verdict(options.build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
