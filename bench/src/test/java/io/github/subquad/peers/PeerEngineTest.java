package io.github.subquad.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Backends;
import io.github.subquad.CallTiming;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.tensor.DataType;

import org.bytedeco.openblas.presets.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

class PeerEngineTest {
    static final List<String> PEERS = RefusalsTest.PEERS;

    private static final AttentionShape SHAPE = AttentionShape.of(2, 30, 40, 16);

    @ParameterizedTest(name = "{0} is usable, with one device that has name and version")
    @CsvSource({
        "naive, three loops in plain Java",
        "nd4j, ND4J 1.",
        "onnxruntime, ONNX Runtime 1.",
        "original, the original algorithm on PyTorch 2.",
        "pytorch, PyTorch 2."
    })
    void isListed(String peer, String name) {
        List<Device> devices =
                Backends.available().stream().filter(d -> d.backend().equals(peer)).toList();
        assertThat(devices).hasSize(1);
        assertThat(devices.getFirst().id()).isEqualTo("0");
        assertThat(devices.getFirst().name()).startsWith(name).doesNotContain("null");
        assertThat(devices.getFirst().usable()).as(devices.toString()).isTrue();
    }

    @Test
    void noneIsChosenAutomatically() {
        try (var attention = Attention.open()) {
            assertThat(attention.device().backend()).isNotIn(PEERS);
        }
    }

    @Test
    void nd4jLeavesOpenBlasAtOneThread() {
        Call.random(SHAPE, DataType.F32).verdict(on("nd4j").build());
        assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} tells what it computed and what it copied")
    @FieldSource("PEERS")
    void tellsItsTimes(String peer) {
        List<CallTiming> heard = new ArrayList<>();
        Call.random(SHAPE, DataType.F32).verdict(on(peer).timing(heard::add).build());
        assertThat(heard).hasSize(2).allSatisfy(PeerEngineTest::isOfKernelAndCopy);
    }

    private static void isOfKernelAndCopy(CallTiming timing) {
        assertThat(timing.kernel()).isPositive();
        assertThat(timing.fromDevice()).isPositive();
        assertThat(timing).isEqualTo(new CallTiming(0, 0, timing.kernel(), timing.fromDevice(), 0));
    }

    @ParameterizedTest(name = "{0} gives no sums of some keys")
    @FieldSource("PEERS")
    void givesNoPartialSums(String peer) {
        Call call = Call.random(SHAPE, DataType.F32);
        try (var attention = Attention.open(on(peer).build())) {
            assertThatThrownBy(
                            () ->
                                    attention.summarizeChunk(
                                            call.query(), call.key(), call.value(), 1))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("all keys at once");
        }
    }

    @ParameterizedTest(name = "{0} does not begin in a thread that was interrupted")
    @FieldSource("PEERS")
    void isCancelled(String peer) {
        Call call = Call.random(SHAPE, DataType.F32);
        try (var attention = Attention.open(on(peer).build())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> attention.attend(call.query(), call.key(), call.value()))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void naiveHoldsWhatItPlanned() {
        Call call = Call.random(SHAPE, DataType.F32);
        try (var attention = Attention.open(on("naive").build())) {
            attention.attend(call.query(), call.key(), call.value());
            ChunkPlan plan = attention.plan(SHAPE);
            assertThat(plan.kernel()).isEqualTo(Kernel.STAGED);
            assertThat(plan.extraBytes()).isEqualTo(4 * 2 * (30 * 40 + 70 * 32));
            assertThat(attention.peakBytes()).isEqualTo(plan.extraBytes());
        }
    }

    @Test
    void naiveHoldsOneHeadsScoresUnlessThreadsWouldLackRows() {
        try (var attention = Attention.open(on("naive").build())) {
            assertThat(scores(attention, AttentionShape.of(8, 1000, 100, 16))).isEqualTo(400_000);
            assertThat(scores(attention, AttentionShape.of(8, 1, 100, 16))).isEqualTo(8 * 400);
        }
    }

    private static long scores(Attention attention, AttentionShape shape) {
        return attention.plan(shape).buffers().getFirst().bytes();
    }

    @Test
    void theOriginalStacksAStateForEachOfItsSquareRootOfChunks() {
        try (var attention = Attention.open(on("original").build())) {
            ChunkPlan plan = attention.plan(AttentionShape.of(2, 3000, 1000, 16));
            assertThat(plan.queryChunkSize()).isEqualTo(1024);
            assertThat(plan.kvChunkSize()).isEqualTo(31);
            assertThat(plan.buffers())
                    .contains(
                            new ChunkPlan.Buffer("the same stacked", 33, 4 * 2 * 1024 * (16 + 2)));
        }
    }

    @Test
    void anEnvironmentThatSlowsOpenBlasIsNamed() {
        assertThat(Probe.unfairOpenBlas(Map.of("OPENBLAS_NUM_THREADS", "1"))).isNull();
        assertThat(Probe.unfairOpenBlas(Map.of())).startsWith("OPENBLAS_NUM_THREADS: ");
        assertThat(Probe.unfairOpenBlas(Map.of("OPENBLAS_NUM_THREADS", "2")))
                .isEqualTo("OPENBLAS_NUM_THREADS: expected 1 in the environment, got 2");
        assertThat(
                        Probe.unfairOpenBlas(
                                Map.of(
                                        "OPENBLAS_NUM_THREADS",
                                        "1",
                                        "OPENBLAS_CORETYPE",
                                        "Haswell")))
                .startsWith("OPENBLAS_CORETYPE: ");
    }

    @Test
    void aLibraryThatDoesNotLoadIsADeviceThatIsNotUsable() {
        Device device =
                Probe.nativeLibrary(
                        "x",
                        "X 1",
                        () -> {
                            throw new UnsatisfiedLinkError("no x in java.library.path");
                        });
        assertThat(device.usable()).isFalse();
        assertThat(device.note()).contains("no x in java.library.path");
        assertThat(device.remedy()).isNotEmpty();
    }

    private static AttentionOptions.Builder on(String peer) {
        return AttentionOptions.builder().backend(peer).threads(2);
    }
}
