package io.github.subquad.bench;

import io.github.subquad.CallTiming;

/**
 * Where the time of one call went, in nanoseconds, as far as its engine can tell it apart.
 *
 * @param compileNanos compiling kernels that this call was the first to use
 * @param toDeviceNanos copying to the device
 * @param kernelNanos kernels at work, by the device's own clock
 * @param fromDeviceNanos copying results back
 * @param mergeNanos merging partial results on the host
 */
public record Phases(
        long compileNanos,
        long toDeviceNanos,
        long kernelNanos,
        long fromDeviceNanos,
        long mergeNanos) {
    static Phases of(CallTiming timing) {
        return new Phases(
                timing.compile(),
                timing.toDevice(),
                timing.kernel(),
                timing.fromDevice(),
                timing.merge());
    }
}
