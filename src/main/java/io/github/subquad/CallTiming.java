package io.github.subquad;

/**
 * Where the time of one call went, in nanoseconds, as far as the engine can tell it apart.
 *
 * @param compile making device code of kernels that this call was the first to use
 * @param toDevice copying to the device, and bringing inputs into its layout before
 * @param kernel kernels at work, by the device's own clock
 * @param fromDevice copying results back
 * @param merge merging partial results on the host
 */
public record CallTiming(long compile, long toDevice, long kernel, long fromDevice, long merge) {
    /** Nothing yet. */
    public static final CallTiming ZERO = new CallTiming(0, 0, 0, 0, 0);

    /**
     * Both together.
     *
     * @param other another part of the call
     * @return the sums
     */
    public CallTiming plus(CallTiming other) {
        return new CallTiming(
                compile + other.compile,
                toDevice + other.toDevice,
                kernel + other.kernel,
                fromDevice + other.fromDevice,
                merge + other.merge);
    }
}
