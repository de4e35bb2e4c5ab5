package io.github.subquad.bench;

import org.jspecify.annotations.Nullable;

/**
 * Bytes beyond inputs and output.
 *
 * @param plannedBytes by the plan
 * @param heldBytes most that the engine says it held at once; null if it cannot tell
 * @param residentGrowthBytes by how much the process grew in the row's first call, with all that
 *     was loaded for it; null where the system does not tell
 */
public record MemoryUse(
        long plannedBytes, @Nullable Long heldBytes, @Nullable Long residentGrowthBytes) {}
