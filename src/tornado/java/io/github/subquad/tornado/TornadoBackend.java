package io.github.subquad.tornado;

import io.github.subquad.AttentionBackend;
import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.BackendException;
import io.github.subquad.Device;
import io.github.subquad.KernelSource;
import io.github.subquad.RoofProbe;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The devices that TornadoVM reaches. TornadoVM need not be there: then this tells what is missing,
 * as the one device that cannot be used.
 */
public final class TornadoBackend implements AttentionBackend {
    static final String NAME = "tornado";

    /** Before the Vector API engine, which has 100. */
    private static final int RANK_OF_ACCELERATORS = 200;

    /** After it: on the same cores it is faster than OpenCL. */
    private static final int RANK_OF_PROCESSORS = 50;

    private static final String WIDENED =
            "float16 and bfloat16 inputs are widened to float32 on the host";

    /** For the service loader. */
    public TornadoBackend() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int rank(Device device) {
        if (!device.usable()) {
            return RANK_OF_PROCESSORS;
        }
        if (DeviceCatalog.isVirtual()) {
            return -1;
        }
        return DeviceCatalog.named(device.id()).isProcessor()
                ? RANK_OF_PROCESSORS
                : RANK_OF_ACCELERATORS;
    }

    @Override
    public List<Device> devices() {
        List<Device> skipped = SkippedDrivers.asDevices();
        boolean anyLeft = ModuleLayer.boot().findModule("tornado.runtime").isPresent();
        List<Device> found = anyLeft || skipped.isEmpty() ? find() : List.of();
        return Stream.concat(found.stream(), skipped.stream()).toList();
    }

    private static List<Device> find() {
        try {
            List<Device> devices =
                    DeviceCatalog.devices().stream().map(TornadoBackend::device).toList();
            return devices.isEmpty()
                    ? List.of(none("its drivers found no device", "install an OpenCL driver"))
                    : devices;
        } catch (NoClassDefFoundError | ClassFormatError e) {
            return List.of(
                    none(
                            "TornadoVM is not on the module path, or did not start: "
                                    + DeviceFailure.messages(e),
                            "set TORNADOVM_HOME to a TornadoVM SDK and start with bin/subquad, or"
                                    + " with java @tornado-argfile as docs/devices.md says"));
        } catch (LinkageError | RuntimeException e) {
            return List.of(
                    none(
                            "TornadoVM did not start: " + DeviceFailure.messages(e),
                            "take an SDK with just the drivers that this machine has"));
        }
    }

    private static Device none(String note, String remedy) {
        return new Device(NAME, "0:0", "no device", 0, false, note, remedy);
    }

    private static Device device(DeviceTraits traits) {
        return new Device(
                NAME,
                traits.id(),
                traits.describe(),
                DeviceCatalog.memoryLimit(traits),
                true,
                WIDENED,
                "");
    }

    @Override
    public AttentionEngine open(Device device, AttentionOptions options) {
        return new TornadoEngine(device, computing(device), options);
    }

    @Override
    public Optional<RoofProbe> roofProbe(Device device, AttentionOptions options) {
        return Optional.of(new TornadoRoofProbe(device, computing(device)));
    }

    /** What there is to know of a device, if it is one that computes. */
    private static DeviceTraits computing(Device device) {
        if (!device.usable()) {
            throw new BackendException(device.address(), device.note(), device.remedy());
        }
        if (DeviceCatalog.isVirtual()) {
            throw new BackendException(
                    device.address(),
                    "a virtual device compiles kernels and computes nothing",
                    "start without it");
        }
        return DeviceCatalog.named(device.id());
    }

    @Override
    public List<KernelSource> kernelSources(
            Device device, AttentionOptions options, AttentionShape shape, boolean masked) {
        DeviceTraits traits = DeviceCatalog.named(device.id());
        KernelStep step = KernelStep.of(options, traits).takes(shape, options);
        Layout layout = new DevicePlanner(traits, options).layout(shape, step, options.merge());
        try (Program program = DevicePrograms.compile(traits, layout.capacity(masked))) {
            return program.tasks().sources();
        }
    }
}
