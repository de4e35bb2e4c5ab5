package io.github.subquad.tornado;

import io.github.subquad.BackendException;

import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The devices of every driver that TornadoVM has, looked up once. */
final class DeviceCatalog {
    /** Read once, when TornadoVM's first class loads. */
    private static final String BAILOUT = "tornado.recover.bailout";

    /** What TornadoVM lets all buffers of a device take; it would stop at 4 GB by itself. */
    private static final String MEMORY = "tornado.device.memory";

    private static final String NO_LIMIT = "1024TB";

    /** Set where devices are to be made up: see {@link #isVirtual}. */
    private static final String VIRTUAL = "subquad.tornado.virtual";

    /** A GPU as TornadoVM wants it described. */
    private static final String VIRTUAL_GPU =
            """
            {
              "deviceName": "virtual GPU",
              "doubleFPSupport": true,
              "maxWorkItemSizes": [1024, 1024, 64],
              "deviceAddressBits": 64,
              "deviceType": "CL_DEVICE_TYPE_GPU",
              "deviceExtensions": "cl_khr_int64_base_atomics",
              "availableProcessors": 100
            }
            """;

    private DeviceCatalog() {}

    /** Whether there is one made-up device a driver, which compiles kernels and runs none. */
    static boolean isVirtual() {
        return Boolean.getBoolean(VIRTUAL);
    }

    /** In a class of its own, so that TornadoVM is started when first asked for, and once. */
    private static final class Found {
        static final List<DeviceTraits> DEVICES = find();
    }

    /**
     * All devices, those of the first driver first.
     *
     * @throws LinkageError if TornadoVM is not there or does not start
     */
    static List<DeviceTraits> devices() {
        return Found.DEVICES;
    }

    private static List<DeviceTraits> find() {
        // A kernel that fails must fail: TornadoVM would run it in Java, slowly and without a word.
        System.setProperty(BAILOUT, "False");
        if (System.getProperty(MEMORY) == null) {
            System.setProperty(MEMORY, NO_LIMIT);
        }
        if (isVirtual()) {
            System.setProperty("tornado.virtual.device", "True");
            System.setProperty("tornado.device.desc", describeGpu().toString());
        }
        List<DeviceTraits> devices = new ArrayList<>();
        var runtime = TornadoRuntimeProvider.getTornadoRuntime();
        for (int backend = 0; backend < runtime.getNumBackends(); backend++) {
            TornadoBackend driver = runtime.getBackend(backend);
            List<TornadoDevice> all = driver.getAllDevices();
            for (int index = 0; index < all.size(); index++) {
                devices.add(DeviceTraits.of(
                                all.get(index), driver.getBackendType(), backend, index));
            }
        }
        return List.copyOf(devices);
    }

    private static Path describeGpu() {
        try {
            Path file = Files.createTempFile("subquad-gpu", ".json");
            file.toFile().deleteOnExit();
            return Files.writeString(file, VIRTUAL_GPU);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The device with that id. */
    static DeviceTraits named(String id) {
        return devices().stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                new BackendException(
                                        id, "no such device", "list the devices again"));
    }

    /**
     * Bytes that all buffers of a device may take together.
     *
     * @return the device's memory, or what {@value #MEMORY} leaves of it
     */
    static long memoryLimit(DeviceTraits device) {
        return Math.min(device.memoryBytes(), parse(System.getProperty(MEMORY, NO_LIMIT)));
    }

    /** TornadoVM's way to write a size: a number, and perhaps KB, MB, GB …, in powers of 1024. */
    private static long parse(String size) {
        int prefix = "BKMGTPE".indexOf(size.replaceFirst("\\d+(\\w?)B?", "$1B").charAt(0));
        return Long.parseLong(size.replaceAll("\\D", "")) << 10 * prefix;
    }
}
