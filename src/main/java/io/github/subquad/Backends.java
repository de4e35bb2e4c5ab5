package io.github.subquad;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds backends and chooses among their devices. */
public final class Backends {
    private Backends() {}

    /** What the service loader gave: the backends, and devices that stand for failed ones. */
    private record Found(List<AttentionBackend> backends, List<Device> failures) {
        /** Every device with its backend, the fastest first. */
        List<Place> places() {
            return backends.stream()
                    .flatMap(backend -> backend.devices().stream().map(d -> new Place(backend, d)))
                    .sorted(Comparator.comparingInt(Place::rank).reversed())
                    .toList();
        }
    }

    /** A device and the backend that opens it. */
    private record Place(AttentionBackend backend, Device device) {
        int rank() {
            return backend.rank(device);
        }
    }

    /**
     * Every device of every backend, usable or not, with reasons.
     *
     * @return devices, the fastest first
     */
    public static List<Device> available() {
        Found found = find();
        List<Device> devices = new ArrayList<>();
        found.places().forEach(place -> devices.add(place.device));
        devices.addAll(found.failures);
        return devices;
    }

    /**
     * Opens an engine on the backend and device that the options name; for {@code auto} the fastest
     * usable one that passes its self-check.
     *
     * @param options for all calls of the engine
     * @return an engine, to be closed by the caller
     * @throws IllegalArgumentException if backend or device are not known
     * @throws BackendException if they are not usable, or none is
     */
    public static AttentionEngine open(AttentionOptions options) {
        Place place = place(options);
        return place.backend.open(place.device, options);
    }

    /** The device that the options name, or the fastest that passes its self-check. */
    private static Place place(AttentionOptions options) {
        Found found = find();
        if (!options.backend().equals(AttentionOptions.AUTO_BACKEND)) {
            AttentionBackend backend = named(options.backend(), found);
            return new Place(backend, choose(backend.devices(), options));
        }
        List<String> reasons = new ArrayList<>();
        for (Place place : found.places()) {
            Device device = place.device;
            if (place.rank() < 0 || !device.usable() || !matches(device, options.device())) {
                continue;
            }
            String failure = SelfCheck.failure(place.backend, device);
            if (failure == null) {
                return place;
            }
            reasons.add(device.address() + " " + failure);
        }
        if (reasons.isEmpty() && options.device() != null) {
            throw noSuchDevice(options.device(), available());
        }
        if (reasons.isEmpty()) {
            throw new BackendException(
                    "auto", "no device is usable", "Backends.available() tells why");
        }
        throw new BackendException(
                "auto", "no device passed its self-check: " + reasons, "please report this");
    }

    /**
     * The kernels that a call would use, as text in the device's own language.
     *
     * @param options with the backend's name, and a device if not its first
     * @param shape sizes of the call
     * @param masked whether it has a mask
     * @return in the order of their use; empty where the backend compiles none
     * @throws IllegalArgumentException if backend or device are not known
     * @throws BackendException if the device is not usable, or a kernel does not compile
     */
    public static List<KernelSource> kernelSources(
            AttentionOptions options, AttentionShape shape, boolean masked) {
        AttentionBackend backend = named(options.backend(), find());
        return backend.kernelSources(choose(backend.devices(), options), options, shape, masked);
    }

    /**
     * Kernels that show what a device can do at most: the device that {@link #open} would take.
     *
     * @param options with backend, device and number of threads
     * @return a probe, to be closed by the caller
     * @throws IllegalArgumentException if backend or device are not known
     * @throws BackendException if the device is not usable, fails, or its backend has no such
     *     kernels
     */
    public static RoofProbe roofProbe(AttentionOptions options) {
        Place place = place(options);
        return place.backend
                .roofProbe(place.device, options)
                .orElseThrow(
                        () ->
                                new BackendException(
                                        place.device.address(),
                                        "has no kernels that show what it can do at most",
                                        "take another backend"));
    }

    private static AttentionBackend named(String name, Found found) {
        return found.backends.stream()
                .filter(backend -> backend.name().equals(name))
                .findFirst()
                .orElseThrow(() -> noSuchBackend(name, found));
    }

    private static RuntimeException noSuchBackend(String name, Found found) {
        String names =
                found.backends.stream()
                        .map(AttentionBackend::name)
                        .collect(Collectors.joining(", "));
        return new IllegalArgumentException(
                "backend: expected auto, %s, got '%s'".formatted(names, name));
    }

    private static Device choose(List<Device> devices, AttentionOptions options) {
        String wanted = options.device();
        Device device =
                devices.stream()
                        .filter(d -> wanted == null ? d.usable() : d.id().equals(wanted))
                        .findFirst()
                        .or(() -> devices.stream().filter(d -> matches(d, wanted)).findFirst())
                        .orElseThrow(() -> noSuchDevice(wanted, devices));
        if (!device.usable()) {
            throw new BackendException(device.address(), device.note(), device.remedy());
        }
        return device;
    }

    /** By id, by address, or by a part of the name. */
    private static boolean matches(Device device, @Nullable String wanted) {
        return wanted == null
                || device.id().equals(wanted)
                || device.address().equals(wanted)
                || device.name().toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT));
    }

    private static IllegalArgumentException noSuchDevice(
            @Nullable String wanted, List<Device> devices) {
        return new IllegalArgumentException(
                "device: expected one of %s, got '%s'"
                        .formatted(
                                devices.stream()
                                        .map(d -> d.address() + " (" + d.name() + ")")
                                        .toList(),
                                wanted));
    }

    /** A backend that cannot be loaded is reported as a device and hides no other. */
    private static Found find() {
        List<AttentionBackend> backends = new ArrayList<>();
        List<Device> failures = new ArrayList<>();
        var loader = ServiceLoader.load(AttentionBackend.class, Backends.class.getClassLoader());
        var providers = loader.iterator();
        while (true) {
            try {
                if (!providers.hasNext()) {
                    break;
                }
                backends.add(providers.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                failures.add(failed(e));
            }
        }
        return new Found(backends, failures);
    }

    private static Device failed(Throwable e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new Device(
                "unknown",
                "0",
                "a backend that does not load",
                0,
                false,
                String.valueOf(cause),
                "check the class path and the options of the Java machine");
    }
}
