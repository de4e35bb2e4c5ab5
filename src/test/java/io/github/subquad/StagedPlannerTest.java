package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;

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
}
