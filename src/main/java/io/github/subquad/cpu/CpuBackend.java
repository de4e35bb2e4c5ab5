package io.github.subquad.cpu;

import io.github.subquad.AttentionBackend;
import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Device;
import io.github.subquad.RoofProbe;

import java.util.List;
import java.util.Optional;

/** The processor: always there. */
public final class CpuBackend implements AttentionBackend {
    private static final int RANK = 100;

    /** For the service loader. */
    public CpuBackend() {}

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public int rank(Device device) {
        return RANK;
    }

    @Override
    public List<Device> devices() {
        try {
            KernelProvider.Choice chosen = KernelProvider.choice();
            return List.of(device(chosen.kernels().name(), true, chosen.reason()));
        } catch (IllegalArgumentException e) {
            return List.of(device("no kernels", false, String.valueOf(e.getMessage())));
        }
    }

    private Device device(String kernels, boolean usable, String note) {
        return new Device(name(), "0", kernels, 0, usable, note, "");
    }

    @Override
    public AttentionEngine open(Device device, AttentionOptions options) {
        return new CpuEngine(device, options, KernelProvider.choice().kernels());
    }

    @Override
    public Optional<RoofProbe> roofProbe(Device device, AttentionOptions options) {
        return Optional.of(
                new CpuRoofProbe(
                        device,
                        options.threadCount(),
                        RoofLoops.like(KernelProvider.choice().kernels()),
                        CpuRoofProbe.BUFFER_BYTES));
    }
}
