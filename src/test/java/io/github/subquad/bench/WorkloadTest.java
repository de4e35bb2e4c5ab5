package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.tensor.DataType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class WorkloadTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    sd15-512-self-64x64; heads 16, queries 4096, keys 4096, channels 40
                    sd15-cross-64x64; heads 16, queries 4096, keys 77, channels 40
                    llm-prefill-2k  ; heads 32 over 8, queries 2048, keys 2048, channels 128, causal
                    llm-decode-64k  ; heads 32 over 8, queries 1, keys 65536, channels 128
                    """)
    void namedWorkloadsHaveTheShapesOfRealModels(String name, String description) {
        assertThat(Suite.workload(name).describe()).isEqualTo(description);
    }

    @Test
    void theCommandLineIsToldOfANamedWorkloadByItsName() {
        for (String name : List.of("sd15-cross-64x64", "llm-prefill-1k", "chunks-4k")) {
            Workload workload = Suite.workload(name);
            assertThat(workload.arguments()).containsExactly("--workload", workload.name());
            assertThat(workload.withDataType(DataType.F16).arguments())
                    .containsExactly("--workload", workload.name(), "--dtype", "f16");
        }
    }

    @Test
    void operationsAreFourTimesTheProductOfTheSizes() {
        assertThat(Suite.workload("sd15-cross-64x64").flops()).isEqualTo(4.0 * 16 * 4096 * 77 * 40);
    }

    @Test
    void aCausalWorkloadCountsItsVisiblePairs() {
        assertThat(Suite.workload("llm-prefill-2k").flops())
                .isEqualTo(4.0 * 32 * (2048 * 2049 / 2) * 128);
    }

    @Test
    void decodingReadsEachKeyAndValueOnceForAllQueryHeads() {
        Workload decode = Suite.workload("llm-decode-64k");
        assertThat(decode.decodes()).isTrue();
        assertThat(decode.keyValueBytes()).isEqualTo(2.0 * 8 * 65_536 * 128 * 4);
        assertThat(decode.withDataType(DataType.BF16).keyValueBytes())
                .isEqualTo(2.0 * 8 * 65_536 * 128 * 2);
        assertThat(Suite.workload("llm-prefill-2k").decodes()).isFalse();
    }

    @Test
    void aShapeOfOnesOwnIsNamedByItsSizes() {
        var shape = new AttentionShape(8, 2, 100, 77, 40, 24);
        Workload workload = Workload.ofShape(shape, Causal.TOP_LEFT);
        assertThat(workload.name()).isEqualTo("8,100,77,40,24 over 2 heads causal");
        assertThat(workload.describe())
                .isEqualTo(
                        "heads 8 over 2, queries 100, keys 77, channels 40, value channels 24,"
                                + " causal");
        assertThat(Workload.ofShape(AttentionShape.of(8, 100, 77, 40), Causal.NONE).name())
                .isEqualTo("8,100,77,40");
    }

    @ParameterizedTest
    @CsvSource({"0, 2, 3", "1, 0, 3", "1, 2, 0"})
    void anEmptyCallIsNothingToMeasure(long heads, long queries, long keys) {
        var shape = AttentionShape.of(heads, queries, keys, 4);
        assertThatThrownBy(() -> Workload.ofShape(shape, Causal.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("shape: expected heads, queries and keys of at least 1");
    }

    @Test
    void aNameThatMeansAnotherCallIsNotGivenByName() {
        var workload =
                new Workload(
                        "llm-prefill-1k",
                        AttentionShape.of(1, 2, 3, 4),
                        Causal.NONE,
                        DataType.F32,
                        Pass.FORWARD);
        assertThat(workload.arguments()).containsExactly("--shape", "1,2,3,4");
    }

    @Test
    void intensityIsOperationsForEachByteOfAllFourTensors() {
        Workload workload = Workload.ofShape(AttentionShape.of(1, 10, 20, 8), Causal.NONE);
        assertThat(workload.intensity())
                .isEqualTo(4.0 * 10 * 20 * 8 / (4 * (2 * 10 * 8 + 2 * 20 * 8)));
    }

    @Test
    void goingBackwardTakesThreeAndAHalfTimesTheOperationsAndTheGradientOfEachTensor() {
        Workload forward = Suite.workload("llm-prefill-2k");
        Workload both = forward.withPass(Pass.FORWARD_BACKWARD);
        assertThat(both.flops()).isEqualTo(3.5 * forward.flops());
        assertThat(both.bytes()).isEqualTo(2 * forward.bytes());
        assertThat(both.intensity()).isEqualTo(1.75 * forward.intensity());
    }

    @Test
    void whatGoesBackwardSaysSoAndIsNoStepOfDecoding() {
        Workload both = Suite.workload("llm-decode-64k").withPass(Pass.FORWARD_BACKWARD);
        assertThat(both.decodes()).isFalse();
        assertThat(both.label()).isEqualTo("llm-decode-64k, forward+backward");
        assertThat(both.describe()).endsWith("channels 128, forward+backward");
        assertThat(both.withPass(Pass.FORWARD).label()).isEqualTo("llm-decode-64k");
    }

    @Test
    void theCommandLineIsToldOfAPassThatIsNotTheNamesOwn() {
        Workload forward = Suite.workload("llm-prefill-1k");
        Workload both = Suite.workload("train-causal-2k");
        assertThat(both.arguments()).containsExactly("--workload", "train-causal-2k");
        assertThat(both.withPass(Pass.FORWARD).arguments())
                .containsExactly("--workload", "train-causal-2k", "--pass", "forward");
        assertThat(forward.withPass(Pass.FORWARD_BACKWARD).arguments())
                .containsExactly("--workload", "llm-prefill-1k", "--pass", "forward-backward");
        assertThat(
                        Workload.ofShape(AttentionShape.of(1, 2, 3, 4), Causal.NONE)
                                .withPass(Pass.FORWARD_BACKWARD)
                                .arguments())
                .containsExactly("--shape", "1,2,3,4", "--pass", "forward-backward");
    }
}
