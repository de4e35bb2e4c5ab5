package io.github.subquad.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Files that are not there, cannot be had or cannot be made, in both formats. */
@ParameterizedClass(name = "{0}")
@EnumSource
class FileTroubleTest {
    private static final Tensor TENSOR = Tensor.of(new float[] {1, 2}, 2);
    private static final Path DEVICE = Path.of("/dev/null");

    enum Format {
        SAFETENSORS {
            @Override
            void open(Path path) throws IOException {
                SafetensorsFile.open(path).close();
            }

            @Override
            void write(Path path, Tensor tensor) throws IOException {
                SafetensorsWriter.write(path, Map.of("x", tensor), Map.of());
            }
        },
        NPY {
            @Override
            void open(Path path) throws IOException {
                NpyFile.open(path).close();
            }

            @Override
            void write(Path path, Tensor tensor) throws IOException {
                NpyFile.write(path, tensor);
            }
        };

        abstract void open(Path path) throws IOException;

        abstract void write(Path path, Tensor tensor) throws IOException;
    }

    private final Format format;

    @TempDir private Path directory;

    FileTroubleTest(Format format) {
        this.format = format;
    }

    @Test
    void aFileThatIsNotThere() {
        Path path = directory.resolve("none");
        assertThatThrownBy(() -> format.open(path))
                .isInstanceOfSatisfying(
                        TensorFileException.class,
                        e -> {
                            assertThat(e).hasMessage(path + ": no such file");
                            assertThat(e.file()).isEqualTo(path);
                            assertThat(e.offset()).isEqualTo(-1);
                            assertThat(e.reason()).isEqualTo("no such file");
                        });
    }

    @Test
    void aDirectoryIsNoFileToRead() {
        assertThatThrownBy(() -> format.open(directory))
                .isInstanceOf(TensorFileException.class)
                .hasMessage(directory + ": expected a regular file to map into memory");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDeviceIsNoFileToRead() {
        assertThatThrownBy(() -> format.open(DEVICE))
                .isInstanceOf(TensorFileException.class)
                .hasMessage(DEVICE + ": expected a regular file to map into memory");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFileThatMayNotBeRead() throws IOException {
        Path path = Files.createFile(directory.resolve("secret"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        assumeThat(Files.isReadable(path)).as("not run by an all-powerful user").isFalse();
        assertThatThrownBy(() -> format.open(path))
                .isInstanceOf(TensorFileException.class)
                .hasMessage(path + ": permission denied");
    }

    @Test
    void aDirectoryIsNoFileToWrite() {
        leavesEverythingAsItWas(directory, TENSOR, "expected a file to write, got a directory");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDeviceIsNotReplacedByAFile() {
        leavesEverythingAsItWas(DEVICE, TENSOR, "expected a regular file to write");
        assertThat(Files.isRegularFile(DEVICE)).isFalse();
    }

    @Test
    void aDirectoryThatIsNotThereIsNotMade() {
        Path missing = directory.resolve("missing");
        leavesEverythingAsItWas(
                missing.resolve("x"), TENSOR, "there is no directory " + missing.toAbsolutePath());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDirectoryThatMayNotBeWritten() throws IOException {
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeThat(Files.isWritable(closed)).as("not run by an all-powerful user").isFalse();
        leavesEverythingAsItWas(
                closed.resolve("x"),
                TENSOR,
                "cannot write in directory %s: permission denied".formatted(closed));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFileThatIsWriteProtectedIsNotReplaced() throws IOException {
        Path path = Files.writeString(directory.resolve("x"), "before");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
        assumeThat(Files.isWritable(path)).as("not run by an all-powerful user").isFalse();
        leavesEverythingAsItWas(path, TENSOR, "the file is there and is write-protected");
        assertThat(path).hasContent("before");
    }

    @Test
    void anInterruptedWriteLeavesNothing() {
        Thread.currentThread().interrupt();
        try {
            leavesEverythingAsItWas(directory.resolve("x"), TENSOR, "interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aTensorThatCannotBeReadLeavesTheOldFile() throws IOException {
        Path path = Files.writeString(directory.resolve("x"), "before");
        Tensor closed;
        try (Arena arena = Arena.ofShared()) {
            closed = Tensor.allocate(arena, DataType.F32, 2);
        }
        assertThatThrownBy(() -> format.write(path, closed))
                .isInstanceOf(IllegalStateException.class);
        assertThat(path).hasContent("before");
        assertThat(listing()).containsExactly(path);
    }

    @Test
    void moreDimensionsThanTheFormatsHaveAreRefused() {
        long[] shape = new long[65];
        java.util.Arrays.fill(shape, 1);
        leavesEverythingAsItWas(
                directory.resolve("x"),
                Tensor.allocate(DataType.F32, shape),
                "expected at most 64 dimensions, got 65");
    }

    @Test
    void aFileThatIsThereIsReplaced() throws IOException {
        Path path = Files.writeString(directory.resolve("x"), "before");
        format.write(path, TENSOR);
        format.open(path);
        assertThat(listing()).containsExactly(path);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aLinkStaysALink() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "before");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        format.write(link, TENSOR);
        format.open(file);
        assertThat(Files.isSymbolicLink(link)).isTrue();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aNewFileHasThePermissionsOfAnyOther() throws IOException {
        Path other = Files.createFile(directory.resolve("other"));
        Path path = directory.resolve("x");
        format.write(path, TENSOR);
        assertThat(Files.getPosixFilePermissions(path))
                .isEqualTo(Files.getPosixFilePermissions(other));
    }

    private void leavesEverythingAsItWas(Path path, Tensor tensor, String reason) {
        List<Path> before = listing();
        assertThatThrownBy(() -> format.write(path, tensor))
                .isInstanceOf(TensorFileException.class)
                .hasMessage(path + ": " + reason);
        assertThat(listing()).isEqualTo(before);
    }

    private List<Path> listing() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> !file.equals(directory)).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
