package io.github.subquad.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

class SafetensorsWriterTest {
    @TempDir private Path directory;

    private Path path() {
        return directory.resolve("x.safetensors");
    }

    @Test
    void writesTheBytesThatTheReferenceImplementationWrote() throws IOException {
        Path reference = Cases.interop("reference.safetensors");
        try (var file = SafetensorsFile.open(reference)) {
            SafetensorsWriter.write(path(), all(file), file.metadata());
        }
        assertThat(path()).hasSameBinaryContentAs(reference);
    }

    private static Map<String, Tensor> all(SafetensorsFile file) throws TensorFileException {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (String name : file.names().reversed()) {
            tensors.put(name, file.tensor(name));
        }
        return tensors;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.github.subquad.io.Cases#all")
    void casesComeBackToTheByte(Path path) throws IOException {
        try (var original = SafetensorsFile.open(path)) {
            SafetensorsWriter.write(path(), all(original), original.metadata());
            try (var copy = SafetensorsFile.open(path())) {
                assertThat(copy.names()).containsExactlyInAnyOrderElementsOf(original.names());
                assertThat(copy.metadata()).isEqualTo(original.metadata());
                for (String name : original.names()) {
                    Tensor expected = original.tensor(name);
                    Tensor found = copy.tensor(name);
                    assertThat(found).hasToString(expected.toString());
                    assertThat(found.segment().mismatch(expected.segment())).isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void dataBeginAtAMultipleOfEightAndWideTypesComeFirst() throws IOException {
        for (int length = 1; length <= 9; length++) {
            SafetensorsWriter.write(
                    path(),
                    Map.of(
                            "b".repeat(length),
                            Tensor.allocate(DataType.BOOL, 3),
                            "h",
                            Tensor.allocate(DataType.F16, 3),
                            "f",
                            Tensor.allocate(DataType.F32, 3)),
                    Map.of());
            byte[] bytes = Files.readAllBytes(path());
            long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
            assertThat(header % 8).isZero();
            assertThat(bytes[8]).isEqualTo((byte) '{');
            try (var file = SafetensorsFile.open(path())) {
                assertThat(file.names()).containsExactly("f", "h", "b".repeat(length));
            }
        }
    }

    @Test
    void metadataAndNamesMayHoldAnyText() throws IOException {
        String text = "\"quotes\" \\ \n \u0000 ü € 𝄞";
        SafetensorsWriter.write(
                path(), Map.of(text, Tensor.of(new float[] {1})), Map.of(text, text, "", ""));
        try (var file = SafetensorsFile.open(path())) {
            assertThat(file.names()).containsExactly(text);
            assertThat(file.metadata()).isEqualTo(Map.of(text, text, "", ""));
        }
    }

    @Test
    void aFileWithoutTensorsIsAFile() throws IOException {
        SafetensorsWriter.write(path(), Map.of(), Map.of());
        assertThat(path()).hasBinaryContent(Bytes.safetensors("{}      ", 0));
    }

    @Test
    void masksAreWrittenAsZeroAndOne() throws IOException {
        Tensor mask =
                Tensor.wrap(MemorySegment.ofArray(new byte[] {0, 1, 2, -1}), DataType.BOOL, 4);
        SafetensorsWriter.write(path(), Map.of("mask", mask), Map.of());
        try (var file = SafetensorsFile.open(path())) {
            assertThat(file.tensor("mask").segment().toArray(ValueLayout.JAVA_BYTE))
                    .containsExactly(0, 1, 1, 1);
        }
    }

    @Test
    void namesThatCannotBeInAFileAreRefused() {
        Tensor tensor = Tensor.allocate(DataType.F32, 1);
        assertThatThrownBy(
                        () ->
                                SafetensorsWriter.write(
                                        path(), Map.of("__metadata__", tensor), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "tensors: expected names other than '__metadata__', which is the format's"
                                + " own");
        assertThatThrownBy(
                        () -> SafetensorsWriter.write(path(), Map.of("\ud800", tensor), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected text that UTF-8 can hold, got '\\ud800'");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileMayBeReplacedWhileItIsOpen() throws IOException {
        SafetensorsWriter.write(path(), Map.of("x", Tensor.of(new float[] {1})), Map.of());
        try (var before = SafetensorsFile.open(path())) {
            Tensor old = before.tensor("x");
            SafetensorsWriter.write(path(), Map.of("x", Tensor.of(new float[] {2})), Map.of());
            assertThat(old.get()).isEqualTo(1);
            try (var after = SafetensorsFile.open(path())) {
                assertThat(after.tensor("x").get()).isEqualTo(2);
            }
        }
    }
}
