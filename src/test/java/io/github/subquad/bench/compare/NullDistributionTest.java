package io.github.subquad.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;

class NullDistributionTest {
    /** Two of the six orders of a, a, b, b have U = 2, one each the others. */
    @Test
    void twoAgainstTwoIsCountedByHand() {
        double[] sixths =
                Arrays.stream(NullDistribution.probabilities(2, 2)).map(p -> 6 * p).toArray();
        assertThat(sixths).containsExactly(new double[] {1, 1, 2, 1, 1}, within(1e-14));
    }

    @Test
    void itIsSymmetricAndSumsToOne() {
        double[] p = NullDistribution.probabilities(7, 12);
        assertThat(p).hasSize(7 * 12 + 1);
        assertThat(Arrays.stream(p).sum()).isCloseTo(1, within(1e-13));
        for (int u = 0; u < p.length; u++) {
            assertThat(p[u]).isCloseTo(p[p.length - 1 - u], within(1e-15));
        }
    }

    /**
     * One more than the critical values of U at 5%, two-sided, in the table of Mann-Whitney
     * textbooks; the last three by exact integer counting.
     */
    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource({
        "1,   1,   0",
        "3,   3,   0",
        "4,   4,   1",
        "3,   5,   1",
        "2,   8,   1",
        "5,   10,  9",
        "10,  5,   9",
        "6,   6,   6",
        "10,  10,  24",
        "20,  20,  128",
        "70,  71,  2010",
        "72,  70,  2040",
        "100, 100, 4198",
    })
    void theIntervalBeginsAtTheRankOfTheTable(int m, int n, int rank) {
        assertThat(NullDistribution.lowerRank(m, n)).isEqualTo(rank);
    }

    /** Exact counting gives 1619: a few ranks lower make a slightly wider interval. */
    @Test
    void farFromEqualSizesTheApproximationIsOnTheSafeSide() {
        assertThat(NullDistribution.lowerRank(6, 1000)).isBetween(1600, 1619);
    }

    @Test
    void theGreatestSamplesHaveAnInterval() {
        assertThat(NullDistribution.lowerRank(1000, 1000)).isBetween(470_000, 480_000);
    }
}
