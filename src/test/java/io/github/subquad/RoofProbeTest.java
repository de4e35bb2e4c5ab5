package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoofProbeTest {
    @Test
    void workOverTimeIsARateInBillionsASecond() {
        assertThat(new RoofProbe.Work(3e9, 1_500_000_000).perNano()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void workThatIsNoneIsRefused(double amount) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoofProbe.Work(amount, 1))
                .withMessage("amount: expected a finite number above 0, got " + amount);
    }

    @Test
    void workInNoTimeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoofProbe.Work(1, 0))
                .withMessage("nanos: expected at least 1, got 0");
    }

    @Test
    void aBackendWithoutAProbeSaysSo() {
        var options = AttentionOptions.builder().backend("reference").build();
        assertThatThrownBy(() -> Backends.roofProbe(options))
                .isInstanceOf(BackendException.class)
                .hasMessageStartingWith("reference:0: has no kernels that show");
    }

    @Test
    void autoProbesTheDeviceThatAutoAttendsOn() {
        try (Attention attention = Attention.open();
                RoofProbe probe = Backends.roofProbe(AttentionOptions.DEFAULTS)) {
            assertThat(probe.device()).isEqualTo(attention.device());
        }
    }
}
