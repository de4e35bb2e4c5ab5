package io.github.subquad.tornado;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.subquad.KernelSource;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kernels that TornadoVM prints: it hands out their text in no other way. Standard output is taken
 * away from it meanwhile, so nothing else should print.
 */
final class PrintedKernels {
    /** The kernel's name in OpenCL C, CUDA C, PTX. */
    private static final Pattern NAME =
            Pattern.compile("(?:__kernel|__global__) void (\\w+)\\s*\\(|\\.entry (\\w+)");

    private final List<String> texts = new ArrayList<>();

    /** Each text comes in one piece. */
    private final class Collector extends PrintStream {
        Collector() {
            super(OutputStream.nullOutputStream(), false, UTF_8);
        }

        @Override
        public void println(@Nullable String text) {
            if (text != null && NAME.matcher(text).find()) {
                texts.add(text);
            }
        }
    }

    /** Runs something that prints kernels. */
    <T> T collect(Callable<T> action) throws Exception {
        PrintStream out = System.out;
        System.setOut(new Collector());
        try {
            return action.call();
        } finally {
            System.setOut(out);
        }
    }

    /**
     * What was printed.
     *
     * @param profile of the graph: times by task, whose names are the kernels'
     */
    List<KernelSource> sources(TornadoVMBackendType driver, JsonNode profile) {
        return texts.stream().map(text -> source(text, driver, profile)).toList();
    }

    private static KernelSource source(
            String text, TornadoVMBackendType driver, JsonNode profile) {
        Matcher match = NAME.matcher(text);
        String name = match.find() ? match.group(1) == null ? match.group(2) : match.group(1) : "";
        JsonNode times = null;
        for (var task : profile.properties()) {
            if (task.getKey().endsWith("." + name)) {
                times = task.getValue();
            }
        }
        return new KernelSource(
                name,
                language(driver),
                DeviceFailure.plain(text),
                times == null ? 0 : times.path("TASK_COMPILE_GRAAL_TIME").asLong(),
                times == null ? 0 : times.path("TASK_COMPILE_DRIVER_TIME").asLong());
    }

    private static String language(TornadoVMBackendType driver) {
        return switch (driver) {
            case OPENCL -> "OpenCL C";
            case CUDA -> "CUDA C";
            default -> driver.name();
        };
    }
}
