package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

/** Chunk sizes that are not given are the original's. */
class StagedPlannerTest {
    @ParameterizedTest(name = "{0} queries, {1} keys, given {2}, {3}, min {4}: {5} × {6}")
    @CsvSource({
        "4096, 4096, , , , 1024, 64",
        "100, 77, , , , 100, 8",
        "1, 1, , , , 1, 1",
        "5, 0, , , , 5, 1",
        "4096, 4096, 300, 500, , 300, 500",
        "4096, 4096, , , 256, 1024, 256",
        "4096, 4096, , 10, 256, 1024, 10", // the minimum counts only where no size is given
        "4096, 100, , , 256, 1024, 100",
        "10, 20, 1000, 1000, , 10, 20",
    })
    void choosesAsTheOriginal(
            long queries,
            long keys,
            Integer queryChunk,
            Integer kvChunk,
            Integer kvMin,
            long expectedQueries,
            long expectedKeys) {
        var options =
                AttentionOptions.builder()
                        .queryChunkSize(queryChunk)
                        .kvChunkSize(kvChunk)
                        .kvChunkSizeMin(kvMin)
                        .build();
        ChunkPlan plan =
                StagedPlanner.plan(
                        AttentionShape.of(2, queries, keys, 8), options, 1, (q, k) -> List.of());
        assertThat(plan.queryChunkSize()).isEqualTo(expectedQueries);
        assertThat(plan.kvChunkSize()).isEqualTo(expectedKeys);
    }

    @Test
    void aBackwardPassHoldsThePartsOfAPairOfChunksAndOfItsKeys() {
        var shape = new AttentionShape(4, 2, 5000, 4096, 8, 6);
        var options = AttentionOptions.builder().maskGradient(true).build();
        ChunkPlan plan =
                StagedPlanner.planBackward(
                        shape,
                        options,
                        3,
                        (q, k) -> List.of(new ChunkPlan.Buffer("own", 2, q * k)));
        assertThat(plan.kernel()).isEqualTo(Kernel.STAGED);
        assertThat(plan.queryChunkSize()).isEqualTo(1024);
        assertThat(plan.kvChunkSize()).isEqualTo(64);
        assertThat(plan.threads()).isEqualTo(3);
        long queries = 4L * 1024 * 8;
        long keys = 2L * 64 * (8 + 6);
        assertThat(plan.buffers())
                .extracting(ChunkPlan.Buffer::totalBytes)
                .containsExactly(2L * 1024 * 64, 4 * (queries + keys + 4 * 1024 * 64), 4 * keys);
        long withoutMask =
                StagedPlanner.planBackward(shape, AttentionOptions.DEFAULTS, 1, (q, k) -> List.of())
                        .extraBytes();
        assertThat(withoutMask).isEqualTo(4 * (queries + 2 * keys));
    }

    @Test
    void aBackwardPassHalvesQueriesThenKeysToFitABudget() {
        var shape = new AttentionShape(4, 2, 5000, 4096, 8, 6);
        long before = Long.MAX_VALUE;
        for (long budget = 1 << 18; budget > 1 << 10; budget /= 2) {
            var options = AttentionOptions.builder().memoryBudget(new MemoryBudget(budget)).build();
            long least = 4 * (4 * 8 + 2 * 2 * 16 * 14);
            if (budget < least) {
                assertThatThrownBy(() -> plan(shape, options))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith(
                                "memoryBudget: this shape needs at least %d bytes"
                                        .formatted(least));
                continue;
            }
            ChunkPlan plan = plan(shape, options);
            assertThat(plan.extraBytes()).isLessThanOrEqualTo(budget).isLessThan(before);
            assertThat(plan.kvChunkSize()).isBetween(16L, 64L);
            assertThat(plan.kvChunkSize() < 64 ? plan.queryChunkSize() : 1).isEqualTo(1);
            before = plan.extraBytes();
        }
    }

    private static ChunkPlan plan(AttentionShape shape, AttentionOptions options) {
        return StagedPlanner.planBackward(shape, options, 1, (q, k) -> List.of());
    }
}
