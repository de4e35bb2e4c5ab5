package io.github.subquad.peers;

import io.github.subquad.Device;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/** Describes a peer as a device: usable if its library loads and its settings are fair. */
final class Probe {
    private static final String LAUNCHER = "start by 'bin/subquad bench --peers', which sees to it";

    private Probe() {}

    /** Loads a library. */
    @FunctionalInterface
    interface Loading {
        /**
         * Loads it.
         *
         * @throws Exception or a LinkageError if it does not load
         */
        void run() throws Exception;
    }

    /**
     * The device of a peer in plain Java.
     *
     * @param backend name of the backend
     * @param name for a person
     * @return a usable device
     */
    static Device plain(String backend, String name) {
        return new Device(backend, "0", name, 0, true, "", "");
    }

    /**
     * The device of a peer that has a native library.
     *
     * @param backend name of the backend
     * @param name library and version
     * @param loading loads it
     * @return a device, usable if it loads
     */
    static Device nativeLibrary(String backend, String name, Loading loading) {
        try {
            loading.run();
            return plain(backend, name);
        } catch (Exception | LinkageError e) {
            return unusable(
                    backend,
                    name,
                    "does not load: " + e,
                    "see bench/README.md for the platforms that it is fetched for");
        }
    }

    /**
     * The device of a peer that computes with OpenBLAS.
     *
     * @param backend name of the backend
     * @param name library and version
     * @param loading loads it
     * @return a device, usable if it loads and OpenBLAS is set as is fair to it
     */
    static Device withOpenBlas(String backend, String name, Loading loading) {
        System.setProperty("org.bytedeco.javacpp.logger", "slf4j"); // warns of versions that get on
        String unfair = unfairOpenBlas(System.getenv());
        return unfair == null
                ? nativeLibrary(backend, name, loading)
                : unusable(backend, name, unfair, LAUNCHER);
    }

    /**
     * What in the environment is unfair. OpenBLAS reads it when it is loaded. Called by threads of
     * the library above it, it must start none of its own, which costs a factor of three; and it
     * must choose its kernels by itself.
     *
     * @param environment the variables
     * @return a reason, or null
     */
    static @Nullable String unfairOpenBlas(Map<String, String> environment) {
        if (!"1".equals(environment.get("OPENBLAS_NUM_THREADS"))) {
            return "OPENBLAS_NUM_THREADS: expected 1 in the environment, got "
                    + environment.getOrDefault("OPENBLAS_NUM_THREADS", "none");
        }
        for (String name : new String[] {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}) {
            if (environment.containsKey(name)) {
                return "%s: expected none in the environment, got %s"
                        .formatted(name, environment.get(name));
            }
        }
        return null;
    }

    private static Device unusable(String backend, String name, String note, String remedy) {
        return new Device(backend, "0", name, 0, false, note, remedy);
    }
}
