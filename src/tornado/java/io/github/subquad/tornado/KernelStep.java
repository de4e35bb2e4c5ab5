package io.github.subquad.tornado;

import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Kernel;

import org.jspecify.annotations.Nullable;

/** The ladder of kernels: each step is checked against the first, which stays. */
enum KernelStep {
    /** {@link PlainStages}: a kernel a formula, a work-item a number. */
    PLAIN(1, Kernel.STAGED),
    /** {@link TiledStages}: the same kernels with tiles in registers. */
    TILED(2, Kernel.STAGED),
    /** {@link FusedRows}: all in one kernel, blocks of rows in registers, for processors. */
    FUSED_ROWS(3, Kernel.FUSED),
    /** {@link FusedTiles}: all in one kernel, tiles in local memory, for GPUs. */
    FUSED_TILES(4, Kernel.FUSED);

    private final int number;
    private final Kernel kernel;

    KernelStep(int number, Kernel kernel) {
        this.number = number;
        this.kernel = kernel;
    }

    /** The form of evaluation that the step is of. */
    Kernel kernel() {
        return kernel;
    }

    /** Its place on the ladder, from 1. */
    int number() {
        return number;
    }

    /**
     * The step that the options ask for; where they leave it open, the fastest for the device.
     *
     * @throws IllegalArgumentException if there is no such step
     */
    static KernelStep of(AttentionOptions options, DeviceTraits device) {
        @Nullable Integer number = options.kernelStep();
        if (number != null) {
            if (number > values().length) {
                throw new IllegalArgumentException(
                        "kernelStep: expected 1 to %d, got %d".formatted(values().length, number));
            }
            return values()[number - 1];
        }
        if (options.kernel() == Kernel.STAGED) {
            return TILED;
        }
        return device.isProcessor() ? FUSED_ROWS : FUSED_TILES;
    }

    /**
     * The same step for a shape; step 2 where nobody asked for a fused one and it does not take the
     * shape.
     *
     * @throws IllegalArgumentException if somebody did
     */
    KernelStep takes(AttentionShape shape, AttentionOptions options) {
        if (this != FUSED_TILES || shape.valueChannels() <= FusedTiles.MOST_VALUE_CHANNELS) {
            return this;
        }
        if (options.kernel() == Kernel.AUTO && options.kernelStep() == null) {
            return TILED;
        }
        throw new IllegalArgumentException(
                "kernel: the fused kernel of this device takes up to %d value channels, got %d"
                        .formatted(FusedTiles.MOST_VALUE_CHANNELS, shape.valueChannels()));
    }
}
