package io.github.subquad.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

class NpyFileTest {
    @TempDir private Path directory;

    @ParameterizedTest(name = "{0}.npy")
    @CsvSource({"float32, F32", "version_2, F32", "version_3, F32", "float16, F16"})
    void readsTheFloatsThatNumPyWrote(String name, DataType type) throws IOException {
        try (var file = NpyFile.open(Cases.interop(name + ".npy"))) {
            assertThat(file.tensor()).hasToString(type + " [2, 3, 4]");
            assertThat(file.tensor().toFloatArray()).containsExactly(SafetensorsFileTest.eighths());
        }
    }

    @ParameterizedTest(name = "{0}.npy")
    @ValueSource(strings = {"bool", "uint8"})
    void readsMasks(String name) throws IOException {
        try (var file = NpyFile.open(Cases.interop(name + ".npy"))) {
            assertThat(file.tensor()).hasToString("BOOL [2, 3]");
            assertThat(file.tensor().toFloatArray()).containsExactly(0, 1, 0, 1, 0, 1);
        }
    }

    @Test
    void readsArraysOfRankZeroAndOneAndWithoutElements() throws IOException {
        try (var scalar = NpyFile.open(Cases.interop("scalar.npy"));
                var vector = NpyFile.open(Cases.interop("vector.npy"));
                var empty = NpyFile.open(Cases.interop("empty.npy"))) {
            assertThat(scalar.tensor()).hasToString("F32 []");
            assertThat(scalar.tensor().get()).isEqualTo(2.5f);
            assertThat(vector.tensor().toFloatArray()).containsExactly(0, 1, 2, 3, 4);
            assertThat(empty.tensor()).hasToString("F32 [2, 0, 3]");
        }
    }

    @ParameterizedTest(name = "{0}.npy")
    @ValueSource(strings = {"float32", "float16", "bool", "scalar", "vector", "empty"})
    void writesTheBytesThatNumPyWrote(String name) throws IOException {
        Path copy = directory.resolve("copy.npy");
        try (var file = NpyFile.open(Cases.interop(name + ".npy"))) {
            NpyFile.write(copy, file.tensor());
        }
        assertThat(copy).hasSameBinaryContentAs(Cases.interop(name + ".npy"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
                "{'shape':(2,3,),'fortran_order':False,'descr':'=f4'}",
                """
                  { "fortran_order" : False ,
                \t'shape'
                :
                ( 2
                , 3 )
                , "descr":"<f4" } \s
                """
            })
    void readsHeadersHoweverTheyAreSpelt(String dict) throws IOException {
        Path path = directory.resolve("x.npy");
        for (byte[] bytes :
                List.of(
                        Bytes.npy(dict, 24),
                        Bytes.npy(2, dict.length(), dict, 24),
                        Bytes.npy(3, dict.length(), dict, 24))) {
            Files.write(path, bytes);
            try (var file = NpyFile.open(path)) {
                assertThat(file.tensor()).hasToString("F32 [2, 3]");
            }
        }
    }

    @Test
    void bfloat16HasNoNameInNpy() {
        Path path = directory.resolve("x.npy");
        assertThatThrownBy(() -> NpyFile.write(path, Tensor.allocate(DataType.BF16, 2)))
                .isInstanceOf(TensorFileException.class)
                .hasMessage(
                        path
                                + ": npy cannot hold bfloat16: write safetensors, or convert to"
                                + " float32");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void theTensorIsAViewUntilTheFileIsClosed() throws IOException {
        var file = NpyFile.open(Cases.interop("float32.npy"));
        Tensor tensor = file.tensor();
        assertThat(tensor.segment().isMapped()).isTrue();
        assertThatThrownBy(() -> tensor.set(1, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        file.close();
        file.close();
        assertThatThrownBy(() -> tensor.get(0, 0, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void filesOfMoreThanTwoGibibytesAreRead() throws IOException {
        Path path = directory.resolve("large.npy");
        long elements = (1L << 30) + 3;
        byte[] header =
                Bytes.npy(
                        "{'descr': '<f2', 'fortran_order': False, 'shape': (%d,), }"
                                .formatted(elements),
                        0);
        try (var channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(header));
            var last = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
            last.putShort(Float.floatToFloat16(42)).flip();
            channel.write(last, header.length + 2 * (elements - 1));
        }
        try (var file = NpyFile.open(path)) {
            assertThat(file.tensor().get(0)).isZero();
            assertThat(file.tensor().get(elements - 1)).isEqualTo(42);
        }
    }
}
