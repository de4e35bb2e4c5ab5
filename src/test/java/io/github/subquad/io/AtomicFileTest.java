package io.github.subquad.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class AtomicFileTest {
    private static final Tensor TENSOR = Tensor.of(new float[] {1, 2}, 2);

    @TempDir private Path directory;

    private Path file() {
        return directory.resolve("file");
    }

    private void onlyTheFileIsThere() throws IOException {
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void theOldContentIsThereUntilTheNewIsWhole() throws IOException {
        AtomicFile.write(file(), "old");
        AtomicFile.write(
                file(),
                channel -> {
                    channel.write(ByteBuffer.wrap("new".getBytes(UTF_8)));
                    assertThat(file()).hasContent("old");
                });
        assertThat(file()).hasContent("new");
        onlyTheFileIsThere();
    }

    @Test
    void textIsWrittenInUtf8() throws IOException {
        AtomicFile.write(file(), "µ…\n");
        assertThat(file()).hasBinaryContent(new byte[] {-62, -75, -30, -128, -90, '\n'});
    }

    @Test
    void troubleOnTheWayLeavesTheOldContentAlone() throws IOException {
        AtomicFile.write(file(), "old");
        assertThatThrownBy(
                        () ->
                                AtomicFile.write(
                                        file(),
                                        channel -> {
                                            channel.write(ByteBuffer.wrap(new byte[100]));
                                            throw new IOException("No space left on device");
                                        }))
                .isInstanceOf(TensorFileException.class)
                .hasMessage(file() + ": No space left on device");
        assertThat(file()).hasContent("old");
        onlyTheFileIsThere();
    }

    @Test
    void aRelativePathIsTakenFromTheWorkingDirectory() throws IOException {
        Path relative = Path.of("").toAbsolutePath().relativize(file());
        AtomicFile.write(relative, "text");
        assertThat(file()).hasContent("text");
    }

    @Test
    void aNameAsLongAsNamesMayBeCanBeWritten() throws IOException {
        Path longest = directory.resolve("n".repeat(255));
        AtomicFile.write(longest, "text");
        assertThat(longest).hasContent("text");
    }

    @Test
    void checkLeavesNoTrace() throws IOException {
        AtomicFile.check(file());
        assertThat(directory).isEmptyDirectory();
        AtomicFile.write(file(), "old");
        AtomicFile.check(file());
        assertThat(file()).hasContent("old");
    }

    @Test
    void checkTellsWhatWouldBeInTheWay() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> AtomicFile.check(directory))
                .hasMessage(directory + ": expected a file to write, got a directory");
        assertThatThrownBy(() -> AtomicFile.check(missing.resolve("x")))
                .hasMessage(missing.resolve("x") + ": there is no directory " + missing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/stdout", "/dev/../dev/null", "/proc/self/fd/1", "/proc/x"})
    @DisabledOnOs(OS.WINDOWS)
    void whatBelongsToTheSystemIsNotReplaced(Path path) {
        assertThatThrownBy(() -> AtomicFile.write(path, "text"))
                .isInstanceOf(TensorFileException.class)
                .hasMessage(path + ": expected a regular file to write");
    }

    @Test
    void sharedMemoryIsAPlaceForFiles() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeThat(Files.isWritable(memory)).as("there is %s", memory).isTrue();
        Path path = Files.createTempDirectory(memory, "subquad-test").resolve("file");
        try {
            AtomicFile.write(path, "text");
            assertThat(path).hasContent("text");
        } finally {
            Files.deleteIfExists(path);
            Files.delete(path.resolveSibling(""));
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aLinkToNothingYetBecomesALinkToTheFile() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));
        AtomicFile.write(link, "text");
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.isSymbolicLink(file())).isFalse();
        assertThat(file()).hasContent("text");
    }

    @Test
    void filesThatBelongTogetherAppearTogether() throws IOException {
        Path second = directory.resolve("second");
        Path third = directory.resolve("third");
        NpyFile.write(Map.of(file(), TENSOR, second, TENSOR, third, TENSOR));
        assertThat(file()).hasSameBinaryContentAs(second);
        assertThat(file()).hasSameBinaryContentAs(third);
        try (var npy = NpyFile.open(second)) {
            assertThat(npy.tensor().toFloatArray()).containsExactly(1, 2);
        }
    }

    @Test
    void noneAppearsBeforeAllAreWhole() throws IOException {
        Path second = directory.resolve("second");
        AtomicFile.Content alone =
                channel -> {
                    assertThat(file()).doesNotExist();
                    assertThat(second).doesNotExist();
                };
        AtomicFile.write(Map.of(file(), alone, second, alone));
        assertThat(file()).exists();
        assertThat(second).exists();
    }

    @ParameterizedTest(name = "file {0} of three")
    @ValueSource(ints = {0, 1, 2})
    void noneAppearsIfOneCannotBeWritten(int bad) throws IOException {
        Path missing = directory.resolve("missing").resolve("x");
        AtomicFile.write(file(), "old");
        List<Path> paths = new ArrayList<>(List.of(file(), directory.resolve("new")));
        paths.add(bad, missing);
        Map<Path, Tensor> tensors = new LinkedHashMap<>();
        paths.forEach(path -> tensors.put(path, TENSOR));
        assertThatThrownBy(() -> NpyFile.write(tensors))
                .isInstanceOfSatisfying(
                        TensorFileException.class, e -> assertThat(e.file()).isEqualTo(missing));
        assertThat(file()).hasContent("old");
        onlyTheFileIsThere();
    }
}
