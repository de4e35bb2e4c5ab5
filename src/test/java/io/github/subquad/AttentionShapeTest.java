package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionShapeTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "5, 5", "3, 7", "7, 3", "1, 9", "9, 1", "4, 0", "0, 4"})
    void causalFlopsCountTheVisiblePairs(long queries, long keys) {
        AttentionShape shape = new AttentionShape(6, 2, queries, keys, 3, 5);
        for (Causal causal : Causal.values()) {
            long pairs = 0;
            for (long i = 0; i < queries; i++) {
                for (long j = 0; j < keys; j++) {
                    long diagonal = causal == Causal.TOP_LEFT ? 0 : keys - queries;
                    pairs += causal == Causal.NONE || j <= i + diagonal ? 1 : 0;
                }
            }
            assertThat(shape.flops(causal)).as(causal.name()).isEqualTo(2.0 * 6 * pairs * (3 + 5));
        }
    }

    @Test
    void theScoreMatrixIsCountedInFloat32() {
        assertThat(AttentionShape.of(1, 65_536, 65_536, 64).scoreMatrixBytes())
                .isEqualTo(16L << 30);
    }

    @Test
    void headsMustBeGroups() {
        assertThat(new AttentionShape(8, 2, 1, 1, 1, 1).groupSize()).isEqualTo(4);
        assertThatThrownBy(() -> new AttentionShape(8, 3, 1, 1, 1, 1))
                .hasMessage("query heads: expected a multiple of the 3 key heads, got 8");
        assertThatThrownBy(() -> AttentionShape.of(1, -1, 1, 1))
                .hasMessage("query tokens: expected at least 0, got -1");
        assertThatThrownBy(() -> AttentionShape.of(1, 1, 1, 0))
                .hasMessage("channels: expected at least 1, got 0");
    }

    @Test
    void sizesStayWhereBytesCanBeCounted() {
        assertThatThrownBy(() -> AttentionShape.of(1L << 20, 1L << 20, 1, 1L << 20))
                .hasMessage(
                        "query: expected at most 2^56 elements, got 1048576 x 1048576 x 1048576");
        assertThat(AttentionShape.of(1, 1L << 40, 1L << 40, 64).scoreMatrixBytes())
                .isEqualTo(Long.MAX_VALUE);
    }
}
