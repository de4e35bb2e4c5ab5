package io.github.subquad;

/**
 * The text that a device engine made of one of its kernels.
 *
 * @param name of the kernel
 * @param language such as {@code OpenCL C} or {@code CUDA C}
 * @param text as the device's driver compiles it
 * @param frontNanos making the text, in nanoseconds
 * @param driverNanos compiling it for the device, in nanoseconds; 0 if no driver did
 */
public record KernelSource(
        String name, String language, String text, long frontNanos, long driverNanos) {}
