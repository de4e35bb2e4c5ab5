package io.github.subquad.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.subquad.KernelSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** NVIDIA's compiler, where it is installed: what becomes of a kernel on a GPU that is not there. */
final class Nvcc {
    private static final Pattern ARCHITECTURE = Pattern.compile("sm_\\d+[a-z]?");

    private Nvcc() {}

    /**
     * Compiles a CUDA kernel for an architecture.
     *
     * @param arch such as {@code sm_90}
     * @return what it takes: registers, spilled bytes, shared memory
     * @throws UsageException if the kernel is no CUDA, there is no nvcc, or no such architecture
     */
    static String compile(KernelSource source, String arch) {
        if (!ARCHITECTURE.matcher(arch).matches()) {
            throw new UsageException("--arch: expected a name such as sm_90, got '" + arch + "'");
        }
        if (!source.language().startsWith("CUDA")) {
            throw new UsageException(
                    "--arch: nvcc compiles CUDA, but %s is %s; choose a device of the CUDA backend"
                            .formatted(source.name(), source.language()));
        }
        try {
            Path folder = Files.createTempDirectory("subquad-nvcc");
            try {
                return run(folder, source, arch);
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new UsageException("--arch: nvcc cannot be run: " + e.getMessage());
        }
    }

    private static String run(Path folder, KernelSource source, String arch) throws IOException {
        Path text = Files.writeString(folder.resolve(source.name() + ".cu"), source.text());
        Process nvcc =
                new ProcessBuilder(
                                "nvcc",
                                "-arch=" + arch,
                                "-cubin",
                                "-Xptxas",
                                "-v",
                                "-w",
                                "-o",
                                folder.resolve("out.cubin").toString(),
                                text.toString())
                        .redirectErrorStream(true)
                        .start();
        String log = new String(nvcc.getInputStream().readAllBytes(), UTF_8);
        try {
            if (nvcc.waitFor() != 0) {
                throw new UsageException("--arch: nvcc failed: " + log.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            nvcc.destroy();
            throw new IOException("interrupted", e);
        }
        return arch
                + ": "
                + log.lines()
                        .filter(line -> line.contains("spill") || line.contains("Used "))
                        .map(line -> line.replaceFirst("^ptxas info\\s*:", "").strip())
                        .collect(Collectors.joining("; "));
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
