package io.github.subquad.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HolmTest {
    /** 4·0.005, 3·0.01, 2·0.03, and 1·0.04 which may not be less than the one before. */
    @Test
    void fourAreCorrectedAsByHand() {
        assertCorrected(
                new double[] {0.01, 0.04, 0.03, 0.005}, new double[] {0.03, 0.06, 0.06, 0.02});
    }

    /** R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") is 0.05 0.08 0.09 0.09 0.09. */
    @Test
    void fiveAreCorrectedAsInR() {
        assertCorrected(
                new double[] {0.01, 0.02, 0.03, 0.04, 0.05},
                new double[] {0.05, 0.08, 0.09, 0.09, 0.09});
    }

    @Test
    void noneExceedsOneAndOneAloneStays() {
        assertCorrected(new double[] {0.6, 0.7}, new double[] {1, 1});
        assertCorrected(new double[] {0.04}, new double[] {0.04});
        assertCorrected(new double[0], new double[0]);
    }

    @Test
    void equalOnesStayEqual() {
        assertCorrected(new double[] {0.01, 0.01, 0.01}, new double[] {0.03, 0.03, 0.03});
    }

    private static void assertCorrected(double[] p, double[] corrected) {
        assertThat(Holm.correct(p)).containsExactly(corrected, within(1e-15));
    }
}
