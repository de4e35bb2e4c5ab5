package io.github.subquad.io;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.management.ThreadMXBean;

import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Damages good files at random, many times. Each must be read whole or be refused with a {@link
 * TensorFileException} of one line; the memory for that is bounded, whatever the header says.
 */
class HeaderFuzzTest {
    private static final int MUTATIONS_A_SEED = 300;
    private static final long MOST_BYTES = 4 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir private Path directory;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 8);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damagedSafetensorsAreReadOrRefused(long seed) throws IOException {
        List<byte[]> good =
                List.of(
                        Files.readAllBytes(Cases.golden("single_key")),
                        Files.readAllBytes(Cases.interop("reference.safetensors")),
                        Files.readAllBytes(Cases.interop("other_types.safetensors")));
        fuzz(seed, good, this::readSafetensors);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damagedNpyIsReadOrRefused(long seed) throws IOException {
        List<byte[]> good =
                List.of(
                        Files.readAllBytes(Cases.interop("float32.npy")),
                        Files.readAllBytes(Cases.interop("version_2.npy")),
                        Files.readAllBytes(Cases.interop("bool.npy")),
                        Files.readAllBytes(Cases.interop("scalar.npy")));
        fuzz(seed, good, this::readNpy);
    }

    private interface Reader {
        void readAll(Path path) throws IOException;
    }

    private void fuzz(long seed, List<byte[]> good, Reader reader) throws IOException {
        Path path = directory.resolve("file");
        for (byte[] bytes : good) {
            // Loads the classes too, so that their bytes do not count below.
            Files.write(path, bytes);
            reader.readAll(path);
        }
        var mutation = new Mutation(new SplittableRandom(seed));
        int refused = 0;
        for (int i = 0; i < MUTATIONS_A_SEED; i++) {
            byte[] damaged = mutation.damage(good.get(i % good.size()));
            Files.write(path, damaged);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            var refusal = refusal(reader, path);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            String what = "mutation %d: %s".formatted(i, new String(damaged, ISO_8859_1));
            assertThat(allocated).as(what).isLessThan(MOST_BYTES);
            if (refusal.isPresent()) {
                refused++;
                assertThat(refusal.get()).as(what).isInstanceOf(TensorFileException.class);
                assertThat(refusal.get().getMessage())
                        .as(what)
                        .startsWith(path + ": ")
                        .matches("\\P{Cntrl}{1,2000}");
            }
        }
        assertThat(refused).as("refused, of %d", MUTATIONS_A_SEED).isGreaterThan(100);
    }

    private static Optional<Throwable> refusal(Reader reader, Path path) {
        try {
            reader.readAll(path);
            return Optional.empty();
        } catch (Exception | Error e) {
            return Optional.of(e);
        }
    }

    private void readSafetensors(Path path) throws IOException {
        try (var file = SafetensorsFile.open(path)) {
            for (String name : file.names()) {
                try {
                    readElements(file.tensor(name));
                } catch (TensorFileException e) {
                    if (!e.reason().contains("expected F32, F16, BF16, BOOL or U8")) {
                        throw e;
                    }
                }
            }
        }
    }

    private void readNpy(Path path) throws IOException {
        try (var file = NpyFile.open(path)) {
            readElements(file.tensor());
        }
    }

    private static void readElements(Tensor tensor) {
        if (tensor.toFloatArray().length != tensor.elements()) {
            throw new AssertionError(tensor + " has lost elements");
        }
    }
}
