package io.github.subquad.reference;

import io.github.subquad.AttentionBackend;
import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Device;
import io.github.subquad.Kernel;

import java.util.List;

/** The oracle as a backend: slow, in float64, one thread; chosen by name alone. */
public final class ReferenceBackend implements AttentionBackend {
    private static final Device DEVICE =
            new Device(
                    "reference",
                    "0",
                    "float64, row by row, one thread",
                    0,
                    true,
                    "an oracle for tests: slow",
                    "");

    /** For the service loader. */
    public ReferenceBackend() {}

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public int rank(Device device) {
        return -1;
    }

    @Override
    public List<Device> devices() {
        return List.of(DEVICE);
    }

    @Override
    public AttentionEngine open(Device device, AttentionOptions options) {
        if (options.kernel() == Kernel.FUSED) {
            throw new IllegalArgumentException(
                    "kernel: expected auto or staged for the reference backend, got fused");
        }
        return new ReferenceEngine(device, options);
    }
}
