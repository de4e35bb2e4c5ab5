package io.github.subquad.io;

import org.junit.jupiter.api.Named;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The test files among the resources, found by listing their folders: a file put there is a case,
 * named as the file is.
 */
public final class Cases {
    private Cases() {}

    /** Small cases with the answers of float64 and of the original: see golden/README.md. */
    public static Stream<Named<Path>> golden() {
        return safetensors("golden");
    }

    /** Attention of a real transformer: see real/README.md. */
    public static Stream<Named<Path>> real() {
        return safetensors("real");
    }

    /** One golden case. */
    public static Path golden(String name) {
        return folder("golden").resolve(name + ".safetensors");
    }

    /** One real case. */
    public static Path real(String name) {
        return folder("real").resolve(name + ".safetensors");
    }

    /** Both. */
    public static Stream<Named<Path>> all() {
        return Stream.concat(golden(), real());
    }

    /** A file that NumPy or the reference implementation of safetensors wrote. */
    public static Path interop(String fileName) {
        return folder("interop").resolve(fileName);
    }

    private static Stream<Named<Path>> safetensors(String folder) {
        try (Stream<Path> files = Files.list(folder(folder))) {
            List<Path> cases =
                    files.filter(file -> file.toString().endsWith(".safetensors"))
                            .sorted()
                            .toList();
            return cases.stream().map(file -> Named.of(name(file), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".safetensors", "");
    }

    /** The README that each folder has tells where it is. */
    private static Path folder(String name) {
        URL readme =
                Objects.requireNonNull(
                        Cases.class.getResource("/" + name + "/README.md"), "no folder " + name);
        try {
            return Path.of(readme.toURI()).resolveSibling("");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
