package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.tensor.DataType;

import org.junit.jupiter.api.Test;

class AttentionOptionsTest {
    private static AttentionOptions.Builder options() {
        return AttentionOptions.builder();
    }

    @Test
    void eachOptionIsCheckedWhereItIsBuilt() {
        assertThatThrownBy(() -> options().queryChunkSize(0).build())
                .hasMessage("queryChunkSize: expected at least 1, got 0");
        assertThatThrownBy(() -> options().kvChunkSize(-1).build())
                .hasMessage("kvChunkSize: expected at least 1, got -1");
        assertThatThrownBy(() -> options().kvChunkSizeMin(0).build())
                .hasMessage("kvChunkSizeMin: expected at least 1, got 0");
        assertThatThrownBy(() -> options().threads(0).build())
                .hasMessage("threads: expected at least 1, got 0");
        assertThatThrownBy(() -> options().scale(Double.NaN).build())
                .hasMessage("scale: expected a finite number, got NaN");
        assertThatThrownBy(() -> options().precision(DataType.BOOL).build())
                .hasMessage("precision: expected F32, F16 or BF16, got BOOL");
        assertThatThrownBy(() -> options().backend(" ").build())
                .hasMessageStartingWith("backend: expected a name");
    }

    @Test
    void toBuilderKeepsEverything() {
        AttentionOptions all =
                options()
                        .queryChunkSize(1)
                        .kvChunkSize(2)
                        .kvChunkSizeMin(3)
                        .useCheckpoint(false)
                        .scale(0.5)
                        .causal(Causal.TOP_LEFT)
                        .memoryBudget(new MemoryBudget(4))
                        .returnLogSumExp(true)
                        .maskGradient(true)
                        .threads(5)
                        .backend("cpu")
                        .device("0")
                        .precision(DataType.F16)
                        .kernel(Kernel.STAGED)
                        .build();
        assertThat(all.toBuilder().build()).isEqualTo(all);
        assertThat(AttentionOptions.DEFAULTS).isNotEqualTo(all);
    }

    @Test
    void theScaleIsOneOverTheRootOfTheChannels() {
        assertThat(AttentionOptions.DEFAULTS.scaleFor(64)).isEqualTo(0.125);
        assertThat(options().scale(2.0).build().scaleFor(64)).isEqualTo(2);
    }

    @Test
    void gradientsRecomputeWeightsAndLeaveMasksOutUnlessTold() {
        assertThat(AttentionOptions.DEFAULTS.useCheckpoint()).isTrue();
        assertThat(AttentionOptions.DEFAULTS.maskGradient()).isFalse();
        assertThat(options().maskGradient(true).build().maskGradient()).isTrue();
        assertThat(options().maskGradient(true).maskGradient(false).build())
                .isEqualTo(AttentionOptions.DEFAULTS);
    }
}
