package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.tensor.DataType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    sd15-self-64x64 ; heads 16, queries 4096, keys 4096, channels 40
                    sd15-cross-64x64; heads 16, queries 4096, keys 77, channels 40
                    sdxl-self-64x64 ; heads 10, queries 4096, keys 4096, channels 64
                    llm-prefill-2k  ; heads 8 over 2, queries 2048, keys 2048, channels 128, causal
                    decode-64k      ; heads 32 over 8, queries 1, keys 65536, channels 128
                    """)
    void theCatalogueHasTheShapesOfRealModels(String name, String description) {
        assertThat(Workload.named(name).describe()).isEqualTo(description);
    }

    @Test
    void theCommandLineIsToldOfANamedWorkloadByItsName() {
        for (Workload workload : Workload.CATALOGUE) {
            assertThat(workload.arguments()).containsExactly("--workload", workload.name());
            assertThat(workload.withDataType(DataType.F16).arguments())
                    .containsExactly("--workload", workload.name(), "--dtype", "f16");
        }
    }

    @Test
    void operationsAreFourTimesTheProductOfTheSizes() {
        assertThat(Workload.named("sd15-cross-64x64").flops()).isEqualTo(4.0 * 16 * 4096 * 77 * 40);
    }

    @Test
    void aCausalWorkloadCountsItsVisiblePairs() {
        assertThat(Workload.named("llm-prefill-2k").flops())
                .isEqualTo(4.0 * 8 * (2048 * 2049 / 2) * 128);
    }

    @Test
    void decodingReadsEachKeyAndValueOnceForAllQueryHeads() {
        Workload decode = Workload.named("decode-64k");
        assertThat(decode.decodes()).isTrue();
        assertThat(decode.keyValueBytes()).isEqualTo(2.0 * 8 * 65_536 * 128 * 4);
        assertThat(decode.withDataType(DataType.BF16).keyValueBytes())
                .isEqualTo(2.0 * 8 * 65_536 * 128 * 2);
        assertThat(Workload.named("llm-prefill-2k").decodes()).isFalse();
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
    void anUnknownNameIsRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> Workload.named("sd15"))
                .hasMessage(
                        "workload: expected one of sd15-self-64x64, sd15-cross-64x64,"
                                + " sdxl-self-64x64, llm-prefill-2k, decode-64k, got 'sd15'");
    }
}
