package io.github.subquad.cli;

import io.github.subquad.io.AtomicFile;
import io.github.subquad.io.NpyFile;
import io.github.subquad.io.SafetensorsWriter;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files that results go to: an npy file for each, or one safetensors file for all.
 *
 * @param npy whether the files are npy
 * @param outputs what was asked for
 */
record OutputFiles(boolean npy, List<Output> outputs) {
    /**
     * A result that was asked for.
     *
     * @param option that says where it goes
     * @param tensor its name
     * @param file where it goes
     */
    record Output(String option, String tensor, Path file) {
        /** One or, without a file, none. */
        static Stream<Output> of(String option, String tensor, @Nullable Path file) {
            return Stream.ofNullable(file).map(path -> new Output(option, tensor, path));
        }
    }

    /** Finds out before the work what would be in the way of its results. */
    static OutputFiles check(boolean npy, List<Path> inputs, List<Output> outputs)
            throws IOException {
        List<Output> files = npy ? outputs : outputs.subList(0, 1);
        for (int i = 0; i < files.size(); i++) {
            Output output = files.get(i);
            check(npy, inputs, output);
            for (Output earlier : files.subList(0, i)) {
                if (isSame(output.file, earlier.file)) {
                    throw new UsageException(
                            "%s: %s is %s".formatted(output.option, output.file, earlier.option));
                }
            }
        }
        return new OutputFiles(npy, outputs);
    }

    private static void check(boolean npy, List<Path> inputs, Output output) throws IOException {
        Path file = output.file;
        if (file.toString().endsWith(npy ? ".safetensors" : ".npy")) {
            throw new UsageException(
                    "%s: expected a file of the inputs' format, got %s"
                            .formatted(output.option, file));
        }
        for (Path input : inputs) {
            if (isSame(file, input)) {
                throw new UsageException(
                        "%s: %s is an input; name another file".formatted(output.option, file));
            }
        }
        AtomicFile.check(file);
    }

    private static boolean isSame(Path a, Path b) throws IOException {
        return Files.exists(a) && Files.exists(b)
                ? Files.isSameFile(a, b)
                : place(a).equals(place(b));
    }

    /** The path of a file that may not be there yet, its folder behind links. */
    private static Path place(Path file) throws IOException {
        Path path = file.toAbsolutePath().normalize();
        Path folder = path.getParent();
        return folder != null && Files.isDirectory(folder)
                ? folder.toRealPath().resolve(path.getFileName())
                : path;
    }

    /**
     * Writes all or nothing.
     *
     * @param results by name; more than was asked for are left out
     */
    void write(Map<String, Tensor> results) throws IOException {
        if (npy) {
            Map<Path, Tensor> tensors = new LinkedHashMap<>();
            outputs.forEach(output -> tensors.put(output.file, result(results, output)));
            NpyFile.write(tensors);
        } else {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            outputs.forEach(output -> tensors.put(output.tensor, result(results, output)));
            SafetensorsWriter.write(outputs.getFirst().file, tensors, Map.of());
        }
    }

    private static Tensor result(Map<String, Tensor> results, Output output) {
        Tensor result = results.get(output.tensor);
        if (result == null) {
            throw new IllegalStateException(output.tensor + " was asked for and not computed");
        }
        return result;
    }

    /** The files for a person. */
    String names() {
        return outputs.stream()
                .map(output -> output.file.toString())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
