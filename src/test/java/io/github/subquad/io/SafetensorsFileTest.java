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
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

class SafetensorsFileTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.github.subquad.io.Cases#all")
    void casesHaveInputsAndFiniteAnswers(Path path) throws IOException {
        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.names()).startsWith("query", "key", "value", "output");
            long[] query = file.tensor("query").shape();
            long[] key = file.tensor("key").shape();
            long[] value = file.tensor("value").shape();
            assertThat(query).hasSize(3);
            assertThat(key).containsExactly(query[0], value[1], query[2]);
            assertThat(file.tensor("output").shape()).containsExactly(query[0], query[1], value[2]);
            Tensor logSumExp = file.tensor("log_sum_exp");
            assertThat(logSumExp.shape()).containsExactly(query[0], query[1]);
            for (String name : new String[] {"query", "key", "value", "output", "log_sum_exp"}) {
                assertThat(file.tensor(name).dataType()).isEqualTo(DataType.F32);
                assertThat(file.tensor(name).isContiguous()).isTrue();
                for (float element : file.tensor(name).toFloatArray()) {
                    assertThat(element).isFinite();
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.github.subquad.io.Cases#golden")
    void goldenCasesTellTheirChunkSizes(Path path) throws IOException {
        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.metadata())
                    .containsKeys(
                            "query_chunk_size",
                            "kv_chunk_size",
                            "kv_chunk_size_min",
                            "kv_chunk_size_effective",
                            "original");
        }
    }

    @Test
    void allCasesAreFound() {
        assertThat(Cases.golden()).hasSize(14);
        assertThat(Cases.real()).hasSize(2);
    }

    @Test
    void theSingleKeyCaseIsReadToTheNumber() throws IOException {
        try (var file = SafetensorsFile.open(Cases.golden("single_key"))) {
            assertThat(file.names())
                    .containsExactly(
                            "query", "key", "value", "output", "log_sum_exp", "output_of_original");
            assertThat(file.metadata())
                    .containsEntry("query_chunk_size", "1024")
                    .containsEntry("kv_chunk_size", "None")
                    .containsEntry("kv_chunk_size_effective", "1");
            assertThat(file.tensor("query").shape()).containsExactly(2, 9, 8);
            // With one key, every query's answer is that key's value.
            Tensor value = file.tensor("value");
            Tensor output = file.tensor("output");
            assertThat(output.toFloatArray())
                    .containsExactly(value.expand(1, 9).to(DataType.F32).toFloatArray());
        }
    }

    @Test
    void theMaskOfARealCaseIsReadAsTruthValues() throws IOException {
        try (var file = SafetensorsFile.open(Cases.real("minilm_layer3_masked"))) {
            Tensor mask = file.tensor("mask");
            Tensor bias = file.tensor("mask_bias");
            assertThat(mask).hasToString("BOOL [24, 1, 229]");
            assertThat(bias).hasToString("F32 [24, 1, 229]");
            float[] takesPart = mask.toFloatArray();
            float[] added = bias.toFloatArray();
            for (int i = 0; i < takesPart.length; i++) {
                boolean padding = i / 229 >= 12 && i % 229 >= 114;
                assertThat(takesPart[i]).isEqualTo(padding ? 0 : 1);
                assertThat(added[i]).isEqualTo(padding ? -Float.MAX_VALUE : -0f);
            }
            assertThat(file.metadata()).containsEntry("real_tokens", "229 114");
        }
    }

    @Test
    void readsWhatTheReferenceImplementationWrote() throws IOException {
        try (var file = SafetensorsFile.open(Cases.interop("reference.safetensors"))) {
            assertThat(file.names())
                    .containsExactly("alpha", "none", "scalar", "zeta", "brain", "half", "mask");
            assertThat(file.metadata()).isEqualTo(Map.of("made by", "the \"reference\" ü"));
            assertThat(file.tensor("zeta")).hasToString("F32 [2, 3, 4]");
            assertThat(file.tensor("zeta").toFloatArray()).containsExactly(eighths());
            assertThat(file.tensor("half").dataType()).isEqualTo(DataType.F16);
            assertThat(file.tensor("half").toFloatArray()).containsExactly(eighths());
            assertThat(file.tensor("brain").dataType()).isEqualTo(DataType.BF16);
            assertThat(file.tensor("brain").toFloatArray()).containsExactly(eighths());
            assertThat(file.tensor("mask").toFloatArray()).containsExactly(0, 1, 0, 1, 0, 1);
            assertThat(file.tensor("scalar").get()).isEqualTo(2.5f);
            assertThat(file.tensor("none")).hasToString("F32 [2, 0, 3]");
            assertThat(file.tensor("alpha").toFloatArray())
                    .containsExactly(-1, -0.5f, 0, 0.5f, 1, 1.5f);
        }
    }

    static float[] eighths() {
        float[] values = new float[24];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i - 8) / 8f;
        }
        return values;
    }

    @Test
    void tensorsOfOtherTypesAreLeftAloneUntilAskedFor() throws IOException {
        try (var file = SafetensorsFile.open(Cases.interop("other_types.safetensors"))) {
            assertThat(file.names()).containsExactly("ids", "wide", "weights", "bytes");
            assertThat(file.metadata()).isEmpty();
            assertThat(file.tensor("weights").toFloatArray()).containsExactly(eighths());
            assertThat(file.tensor("bytes").toFloatArray()).containsExactly(0, 1, 0, 1, 0, 1);
            assertThat(file.contains("ids")).isTrue();
            assertThatThrownBy(() -> file.tensor("ids"))
                    .isInstanceOf(TensorFileException.class)
                    .hasMessageEndingWith(
                            "tensor 'ids' is I64; expected F32, F16, BF16, BOOL or U8:"
                                    + " convert it before it is saved");
            assertThatThrownBy(() -> file.tensor("wide")).hasMessageContaining("is F64;");
        }
    }

    @Test
    void aTypeThatCameLaterIsLeftAloneToo(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("later.safetensors");
        Files.write(
                path,
                Bytes.safetensors(
                        """
                        {"new":{"dtype":"F2_E1M0","shape":[7],"data_offsets":[0,2]},\
                        "old":{"dtype":"BOOL","shape":[2],"data_offsets":[2,4]}}\
                        """,
                        4));
        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.tensor("old").elements()).isEqualTo(2);
            assertThatThrownBy(() -> file.tensor("new")).hasMessageContaining("is F2_E1M0;");
        }
    }

    @Test
    void aNameThatIsNotThereIsAnsweredWithThoseThatAre() throws IOException {
        try (var file = SafetensorsFile.open(Cases.interop("other_types.safetensors"))) {
            assertThat(file.contains("query")).isFalse();
            assertThatThrownBy(() -> file.tensor("query"))
                    .isInstanceOf(TensorFileException.class)
                    .hasMessageEndingWith(
                            "no tensor 'query'; there are: 'ids', 'wide', 'weights', 'bytes'");
        }
    }

    @Test
    void tensorsAreViewsThatCannotBeWritten() throws IOException {
        try (var file = SafetensorsFile.open(Cases.interop("reference.safetensors"))) {
            Tensor tensor = file.tensor("zeta");
            assertThat(tensor.segment().isMapped()).isTrue();
            assertThatThrownBy(() -> tensor.set(1, 0, 0, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void tensorsCannotBeReadOnceTheFileIsClosed() throws IOException {
        var file = SafetensorsFile.open(Cases.interop("reference.safetensors"));
        Tensor tensor = file.tensor("zeta");
        file.close();
        file.close();
        assertThatThrownBy(() -> tensor.get(0, 0, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void namesAndMetadataCannotBeChanged() throws IOException {
        try (var file = SafetensorsFile.open(Cases.interop("reference.safetensors"))) {
            assertThatThrownBy(() -> file.metadata().clear())
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> file.names().clear())
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void dataAtOddBytesAreRead(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("odd.safetensors");
        // 'b' has no alignment at all: the header has an odd length and a byte comes before it.
        String json =
                """
                {"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]},\
                "b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}\
                """;
        byte[] bytes = Bytes.safetensors(json + " ".repeat(1 + json.length() % 2), 9);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(bytes.length - 8, 1.5f)
                .putFloat(bytes.length - 4, -2.5f);
        Files.write(path, bytes);
        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.tensor("b").toFloatArray()).containsExactly(1.5f, -2.5f);
        }
    }

    @Test
    void headersMayHaveSpacesAndEscapesAndAnyOrder(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("spaces.safetensors");
        Files.write(
                path,
                Bytes.safetensors(
                        """
                        {
                          "second\\u0021" : {"data_offsets":[ 4, 8 ], "shape":[2], "dtype":"F16"},
                          "__metadata__" : { },
                          "first" : {"shape":[4], "dtype":"U8", "data_offsets":[0, 4]}
                        }
                        """,
                        8));
        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.names()).containsExactly("second!", "first");
            assertThat(file.tensor("first").segment().toArray(ValueLayout.JAVA_BYTE))
                    .containsExactly(0, 1, 2, 3);
        }
    }

    @Test
    void aFileMayHoldNoTensorAtAll(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("none.safetensors");
        Files.write(path, Bytes.safetensors("{}", 0));
        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.names()).isEmpty();
            assertThatThrownBy(() -> file.tensor("x")).hasMessageEndingWith("there are: none");
        }
    }

    @Test
    void filesOfMoreThanTwoGibibytesAreRead(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("large.safetensors");
        long elements = (1L << 29) + 3;
        byte[] header =
                Bytes.safetensors(
                        """
                        {"x":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]}}\
                        """
                                .formatted(elements, 4 * elements),
                        0);
        try (var channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(header));
            var last = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(42).flip();
            channel.write(last, header.length + 4 * (elements - 1));
        }
        try (var file = SafetensorsFile.open(path)) {
            Tensor tensor = file.tensor("x");
            assertThat(tensor.get(0)).isZero();
            assertThat(tensor.get(elements - 1)).isEqualTo(42);
        }
    }
}
