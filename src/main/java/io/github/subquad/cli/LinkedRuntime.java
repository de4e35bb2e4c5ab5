package io.github.subquad.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * A Java runtime with just the modules that are needed, in a temporary folder.
 *
 * @param folder for temporary use, with the runtime in it
 */
record LinkedRuntime(Path folder) implements AutoCloseable {
    /** The folder's name here and in a bundle, where the launcher looks for it. */
    private static final String NAME = "runtime";

    /** TornadoVM's needs, then those of the kernels for the processor and of pictures. */
    private static final String MODULES =
            "java.logging,java.management,jdk.management,jdk.unsupported,jdk.internal.vm.ci,"
                    + "jdk.graal.compiler,jdk.incubator.vector,java.desktop";

    /** Makes one from the modules of a JDK. */
    static LinkedRuntime link(Path jdk) throws IOException {
        Path jlink = jdk.resolve("bin/jlink");
        if (!Files.isExecutable(jlink)) {
            throw new IOException(
                    "%s: there is no bin/jlink in it; a whole JDK is needed".formatted(jdk));
        }
        LinkedRuntime runtime = new LinkedRuntime(Files.createTempDirectory("subquad-bundle"));
        try {
            run(
                    jlink.toString(),
                    "--add-modules=" + MODULES,
                    "--strip-java-debug-attributes",
                    "--no-header-files",
                    "--no-man-pages",
                    "--vm=server",
                    "--output=" + runtime.folder.resolve(NAME));
            return runtime;
        } catch (IOException | RuntimeException e) {
            runtime.close();
            throw e;
        }
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException("jlink failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("interrupted");
            cancelled.initCause(e);
            throw cancelled;
        } finally {
            process.destroy();
        }
    }

    List<PackedFile> files() throws IOException {
        return PackedFile.below(folder.resolve(NAME), NAME);
    }

    @Override
    public void close() throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
