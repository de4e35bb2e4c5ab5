package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.tensor.DataType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;

/** What a memory budget leaves for weights that a forward pass keeps. */
class WeightBudgetTest {
    private static final AttentionShape SHAPE = new AttentionShape(4, 2, 3, 5, 7, 6);

    private static ChunkPlan plan(long bytes) {
        var buffer = new ChunkPlan.Buffer("scratch", 1, bytes);
        return new ChunkPlan(SHAPE, Kernel.FUSED, 3, 5, 5, 1, List.of(buffer));
    }

    private static long bytes(
            boolean checkpoint, @Nullable MemoryBudget budget, @Nullable DataType precision) {
        var options =
                AttentionOptions.builder()
                        .useCheckpoint(checkpoint)
                        .memoryBudget(budget)
                        .precision(precision)
                        .build();
        return WeightBudget.bytes(options, plan(300), plan(200));
    }

    @Test
    void checkpointsKeepNothing() {
        assertThat(bytes(true, null, null)).isZero();
        assertThat(bytes(true, new MemoryBudget(1000), null)).isZero();
    }

    @Test
    void withoutABudgetEverythingMayBeKept() {
        assertThat(bytes(false, null, null)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theLargerPassAndRoundedInputsComeFirst() {
        assertThat(bytes(false, new MemoryBudget(1000), null)).isEqualTo(700);
        long rounded = 2 * (4 * 3 * 7 + 2 * 5 * (7 + 6));
        assertThat(bytes(false, new MemoryBudget(1000), DataType.F16)).isEqualTo(700 - rounded);
        assertThat(bytes(false, new MemoryBudget(300), null)).isZero();
        assertThat(bytes(false, new MemoryBudget(1), null)).isZero();
    }
}
