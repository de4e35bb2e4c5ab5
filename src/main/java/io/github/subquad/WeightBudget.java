package io.github.subquad;

/** How much of the memory budget a forward pass may keep weights in. */
public final class WeightBudget {
    private WeightBudget() {}

    /**
     * What the budget leaves beside the passes.
     *
     * @param options with {@code useCheckpoint}, budget and precision
     * @param forward plan of the forward pass, nothing kept
     * @param backward plan of the backward pass, nothing kept
     * @return bytes; 0 if all weights are recomputed, {@code Long.MAX_VALUE} without a budget
     */
    public static long bytes(AttentionOptions options, ChunkPlan forward, ChunkPlan backward) {
        if (options.useCheckpoint()) {
            return 0;
        }
        MemoryBudget budget = options.memoryBudget();
        if (budget == null) {
            return Long.MAX_VALUE;
        }
        long rounded = Inputs.roundedBytes(forward.shape(), options.precision());
        long passes = Math.max(forward.extraBytes(), backward.extraBytes());
        return Math.max(0, budget.bytes() - passes - rounded);
    }
}
