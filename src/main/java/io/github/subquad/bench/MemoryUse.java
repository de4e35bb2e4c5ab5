package io.github.subquad.bench;

import org.jspecify.annotations.Nullable;

/**
 * Bytes beyond inputs, output and gradients.
 *
 * @param plannedBytes by the plan, of the pass that takes most; null where a peer's plan knows of
 *     none
 * @param plannedDeviceBytes those of them in a device's own memory
 * @param heldBytes most that the engine says it held at once; null if it cannot tell
 * @param heldDeviceBytes those of them in a device's own memory
 * @param residentGrowthBytes by how much the process grew in the row's first call, with all that
 *     was loaded for it; null where the system does not tell
 */
public record MemoryUse(
        @Nullable Long plannedBytes,
        long plannedDeviceBytes,
        @Nullable Long heldBytes,
        long heldDeviceBytes,
        @Nullable Long residentGrowthBytes) {}
