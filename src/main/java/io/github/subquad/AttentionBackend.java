package io.github.subquad;

import java.util.List;
import java.util.Optional;

/** A family of devices; found by {@link java.util.ServiceLoader}. */
public interface AttentionBackend {
    /**
     * Its name, as given to {@link AttentionOptions#backend()}.
     *
     * @return a lower-case word
     */
    String name();

    /**
     * A device's place where one is chosen automatically: the greatest first.
     *
     * @param device one of {@link #devices()}
     * @return negative: never chosen automatically
     */
    int rank(Device device);

    /**
     * What there is, usable or not; never fails.
     *
     * @return devices, the default first
     */
    List<Device> devices();

    /**
     * Makes an engine.
     *
     * @param device one of {@link #devices()}, usable
     * @param options for all its calls
     * @return an engine, to be closed by the caller
     * @throws IllegalArgumentException naming an option that the device cannot honour
     * @throws BackendException if the device fails
     */
    AttentionEngine open(Device device, AttentionOptions options);

    /**
     * The kernels that a call would use, as text in the device's own language.
     *
     * @param device one of {@link #devices()}, usable
     * @param options of the call
     * @param shape sizes of the call
     * @param masked whether it has a mask
     * @return in the order of their use; empty where a backend compiles none
     * @throws BackendException if one does not compile
     */
    default List<KernelSource> kernelSources(
            Device device, AttentionOptions options, AttentionShape shape, boolean masked) {
        return List.of();
    }

    /**
     * Kernels that show what the device can do at most.
     *
     * @param device one of {@link #devices()}, usable
     * @param options whose number of threads counts
     * @return a probe, to be closed by the caller; empty where a backend has none
     * @throws BackendException if the device fails
     */
    default Optional<RoofProbe> roofProbe(Device device, AttentionOptions options) {
        return Optional.empty();
    }
}
