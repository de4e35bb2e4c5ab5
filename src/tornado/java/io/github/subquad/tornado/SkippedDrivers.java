package io.github.subquad.tornado;

import io.github.subquad.Device;

import java.util.Arrays;
import java.util.List;

/**
 * The drivers of the SDK that {@code bin/tornado-options} left off the module path, since their
 * native library cannot be loaded here and TornadoVM would not start with them.
 */
final class SkippedDrivers {
    /** Such as {@code cuda: libcuda.so.1 not found;ptx: libcuda.so.1 not found}. */
    private static final String PROPERTY = "subquad.tornado.skipped";

    private SkippedDrivers() {}

    /** Each as a device that cannot be used. */
    static List<Device> asDevices() {
        return Arrays.stream(System.getProperty(PROPERTY, "").split(";"))
                .filter(text -> !text.isEmpty())
                .map(SkippedDrivers::device)
                .toList();
    }

    private static Device device(String text) {
        String driver = text.substring(0, text.indexOf(':'));
        String reason = text.substring(driver.length() + 1).strip();
        return new Device(
                TornadoBackend.NAME,
                driver,
                "all devices of the driver " + driver,
                0,
                false,
                reason,
                remedy(driver, reason));
    }

    private static String remedy(String driver, String reason) {
        if (reason.startsWith("SUBQUAD_TORNADO")) {
            return "";
        }
        return switch (reason.startsWith("this SDK has no") ? "" : driver) {
            case "opencl" ->
                    "install an OpenCL loader, such as ocl-icd-libopencl1, and a driver for it";
            case "cuda" ->
                    "where there is an NVIDIA GPU, install its driver and the CUDA toolkit of the"
                            + " release that this SDK was built with";
            case "ptx" -> "where there is an NVIDIA GPU, install its driver";
            case "spirv" -> "install the Level Zero loader and Intel's driver";
            default -> "install the SDK anew, or another";
        };
    }
}
