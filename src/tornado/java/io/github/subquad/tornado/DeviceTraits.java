package io.github.subquad.tornado;

import io.github.subquad.BackendException;

import org.jspecify.annotations.Nullable;

import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

import java.util.Arrays;
import java.util.Locale;

/**
 * What TornadoVM tells of a device.
 *
 * @param backend index of its driver in TornadoVM
 * @param index its own among the driver's devices
 * @param driver the language its kernels are compiled to
 * @param name of the device
 * @param platform whose driver it is
 * @param type processor, GPU or other
 * @param memoryBytes global memory
 * @param largestBuffer bytes of the largest single buffer
 * @param localBytes local memory of a work-group
 * @param units compute units
 * @param groupSize most work-items of a group
 * @param hasHalf whether it computes with float16
 * @param hasDouble whether it computes with float64
 */
record DeviceTraits(
        int backend,
        int index,
        TornadoVMBackendType driver,
        String name,
        String platform,
        TornadoDeviceType type,
        long memoryBytes,
        long largestBuffer,
        long localBytes,
        int units,
        long groupSize,
        boolean hasHalf,
        boolean hasDouble) {
    /** CUDA and PTX kernels have no more for arrays of fixed size. */
    private static final long STATIC_SHARED_BYTES = 48 << 10;

    /** Virtual devices tell no sizes: nothing is refused for one. */
    private static final long UNKNOWN_BYTES = 1L << 60;

    /** What every GPU of our time takes. */
    private static final long USUAL_GROUP = 1024;

    static DeviceTraits of(
            TornadoDevice device, TornadoVMBackendType driver, int backend, int index) {
        TornadoTargetDevice target = device.getPhysicalDevice();
        boolean nvidia = driver == TornadoVMBackendType.CUDA || driver == TornadoVMBackendType.PTX;
        String info = String.valueOf(target.getDeviceInfo());
        long local = known(target.getDeviceLocalMemorySize());
        return new DeviceTraits(
                backend,
                index,
                driver,
                target.getDeviceName().strip(),
                device.getPlatformName().strip(),
                device.getDeviceType(),
                known(target.getDeviceGlobalMemorySize()),
                known(target.getDeviceMaxAllocationSize()),
                nvidia ? Math.min(local, STATIC_SHARED_BYTES) : local,
                target.getDeviceMaxComputeUnits(),
                largest(target.getDeviceMaxWorkGroupSize()),
                nvidia || info.contains("cl_khr_fp16"),
                nvidia || info.contains("cl_khr_fp64"));
    }

    private static long known(long bytes) {
        return bytes > 0 ? bytes : UNKNOWN_BYTES;
    }

    /** Virtual devices tell none. */
    private static long largest(long @Nullable [] sizes) {
        return sizes == null ? USUAL_GROUP : Arrays.stream(sizes).max().orElse(1);
    }

    /** Its place, such as {@code 0:0}. */
    String id() {
        return backend + ":" + index;
    }

    /** Backend and device in one word, as the library names it. */
    String address() {
        return TornadoBackend.NAME + ":" + id();
    }

    boolean isProcessor() {
        return type == TornadoDeviceType.CPU;
    }

    /** For a person: its name, language, kind and limits but for the memory. */
    String describe() {
        return "%s (%s, %s, %s, %d units%s%s)"
                .formatted(
                        name,
                        driver.name(),
                        platform,
                        type.name().toLowerCase(Locale.ROOT),
                        units,
                        hasHalf ? ", fp16" : "",
                        hasDouble ? ", fp64" : "");
    }

    /** TornadoVM's own handle, always looked up by its place: its default device is never taken. */
    TornadoDevice handle() {
        try {
            return TornadoRuntimeProvider.getTornadoRuntime().getBackend(backend).getDevice(index);
        } catch (RuntimeException e) {
            throw new BackendException(
                    address(), "the device is gone: " + e.getMessage(), "list the devices again");
        }
    }
}
