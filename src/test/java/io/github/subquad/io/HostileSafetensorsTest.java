package io.github.subquad.io;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

class HostileSafetensorsTest {
    @TempDir private Path directory;

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void isRefusedInOneLine(String what, byte[] bytes, String message) throws IOException {
        Path path = directory.resolve("x.safetensors");
        Files.write(path, bytes);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(TensorFileException.class)
                .hasMessage(path + ": at byte " + message);
    }

    @Test
    void aHeaderBeyondTheBoundOfTheFormatIsRefusedUnread() throws IOException {
        Path path = directory.resolve("x.safetensors");
        Files.write(path, Bytes.littleEndianLong(100_000_001));
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(200_000_000);
        }
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(TensorFileException.class)
                .hasMessageEndingWith(
                        "at byte 0: header length 100000001 exceeds the format's 100000000 bytes");
    }

    static Stream<Arguments> isRefusedInOneLine() {
        return Stream.of(lengths(), json(), fields(), numbers(), layouts(), metadata())
                .flatMap(cases -> cases);
    }

    private static final String GOOD =
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";

    private static Stream<Arguments> lengths() {
        return Stream.of(
                arguments(
                        "an empty file",
                        new byte[0],
                        "0: a safetensors file has at least 8 bytes, this one 0"),
                arguments(
                        "seven bytes",
                        new byte[7],
                        "0: a safetensors file has at least 8 bytes, this one 7"),
                arguments(
                        "a header length of 0",
                        new byte[8],
                        "8: the header does not begin with '{'"),
                arguments(
                        "a header length of 2^64 - 1",
                        Bytes.safetensors(-1, GOOD, 4),
                        "0: header length 18446744073709551615 is past the end of the file (66"
                                + " bytes); is this safetensors?"),
                arguments(
                        "a header length of 2^63",
                        Bytes.safetensors(Long.MIN_VALUE, GOOD, 4),
                        "0: header length 9223372036854775808 is past the end of the file (66"
                                + " bytes); is this safetensors?"),
                arguments(
                        "a header length that overflows when 8 is added",
                        Bytes.safetensors(Long.MAX_VALUE, GOOD, 4),
                        "0: header length 9223372036854775807 is past the end of the file (66"
                                + " bytes); is this safetensors?"),
                arguments(
                        "a header length one past the file",
                        Bytes.safetensors(GOOD.length() + 5, GOOD, 4),
                        "0: header length 59 is past the end of the file (66 bytes); is this"
                                + " safetensors?"),
                arguments(
                        "a header cut short",
                        Bytes.first(Bytes.safetensors(GOOD, 4), 40),
                        "0: header length 54 is past the end of the file (40 bytes); is this"
                                + " safetensors?"),
                arguments(
                        "a header length that takes in data",
                        Bytes.safetensors(GOOD.length() + 2, GOOD, 4),
                        "62: the header is no valid JSON near 's\":[0,4]}}\\u0000\\u0001'"),
                arguments(
                        "a header length one short",
                        Bytes.safetensors(GOOD.length() - 1, GOOD, 4),
                        "61: the header ends before its JSON does"));
    }

    private static Stream<Arguments> json() {
        return Stream.of(
                header("no JSON", "{hello}", 0, "9: the header is no valid JSON near '{hello}'"),
                header("an array", "[]", 0, "8: the header does not begin with '{'"),
                header("a byte order mark", "\ufeff{}", 0, "8: the header does not begin with '{'"),
                header("a space in front", " {}", 0, "8: the header does not begin with '{'"),
                header(
                        "a second object",
                        "{}{}",
                        0,
                        "10: expected nothing but spaces after the header, got an object"),
                header(
                        "zeros as padding",
                        "{}\0\0\0",
                        0,
                        "10: the header is no valid JSON near '{}\\u0000\\u0000\\u0000'"),
                header(
                        "a comma too many",
                        "{\"x\":{\"dtype\":\"F32\",}}",
                        0,
                        "28: the header is no valid JSON near 'pe\":\"F32\",}}'"),
                header(
                        "100,000 levels of objects",
                        "{\"x\":".repeat(100_000),
                        0,
                        "14: tensor 'x': 'x' is no field that the format knows"),
                header(
                        "100,000 levels of arrays",
                        "{\"x\":{\"shape\":" + "[".repeat(100_000),
                        0,
                        "23: tensor 'x': 'shape': expected whole numbers from 0 to 2^63 - 1, got an"
                                + " array"),
                header("an unpaired quote", "{\"x", 0, "11: the header ends before its JSON does"),
                header(
                        "UTF-16",
                        "{\0\"\0x\0",
                        0,
                        "9: the header is no valid JSON near '{\\u0000\"\\u0000x\\u0000'"),
                arguments("bytes that are no UTF-8", notUtf8(), "8: the header is not UTF-8"),
                header(
                        "a fault behind letters of 2, 3 and 4 bytes",
                        "{\"\u00fc\u20ac\ud834\udd1e\":1}",
                        0,
                        "21: tensor '\\u00fc\\u20ac\\ud834\\udd1e': expected an object, got the"
                                + " number 1"),
                header("a comment", "{/* */}", 0, "9: the header is no valid JSON near '{/* */}'"),
                header(
                        "a line break in a name",
                        "{\"a\\nb\":1}",
                        0,
                        "16: tensor 'a\\u000ab': expected an object, got the number 1"),
                header(
                        "a name of 60,000 letters",
                        "{\"" + "n".repeat(60_000) + "\":1}",
                        0,
                        "8: a name or number in the header is longer than any should be"),
                header(
                        "a number of 2,000 digits",
                        "{\"x\":" + "1".repeat(2000) + "}",
                        0,
                        "8: a name or number in the header is longer than any should be"),
                header(
                        "a long name",
                        "{\"" + "n".repeat(1000) + "\":1}",
                        0,
                        "1012: tensor"
                            + " 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…':"
                            + " expected an object, got the number 1"));
    }

    private static byte[] notUtf8() {
        byte[] file = Bytes.safetensors("{\"?\":{}}", 0);
        file[10] = (byte) 0xff;
        return file;
    }

    private static Stream<Arguments> fields() {
        return Stream.of(
                header(
                        "a tensor that is a number",
                        "{\"x\":1}",
                        0,
                        "13: tensor 'x': expected an object, got the number 1"),
                header(
                        "a tensor that is null",
                        "{\"x\":null}",
                        0,
                        "13: tensor 'x': expected an object, got null"),
                header(
                        "a tensor without fields",
                        "{\"x\":{}}",
                        0,
                        "14: tensor 'x': expected 'dtype', 'shape' and 'data_offsets'"),
                tensor(
                        "no dtype",
                        "'shape':[1],'data_offsets':[0,4]",
                        "46: tensor 'x': expected 'dtype', 'shape' and 'data_offsets'"),
                tensor(
                        "no shape",
                        "'dtype':'F32','data_offsets':[0,4]",
                        "48: tensor 'x': expected 'dtype', 'shape' and 'data_offsets'"),
                tensor(
                        "no offsets",
                        "'dtype':'F32','shape':[1]",
                        "39: tensor 'x': expected 'dtype', 'shape' and 'data_offsets'"),
                tensor(
                        "a dtype that is a number",
                        "'dtype':32,'shape':[1],'data_offsets':[0,4]",
                        "22: tensor 'x': 'dtype': expected a string, got the number 32"),
                tensor(
                        "a shape that is a string",
                        "'dtype':'F32','shape':'1','data_offsets':[0,4]",
                        "36: tensor 'x': 'shape': expected an array, got a string"),
                tensor(
                        "a shape within a shape",
                        "'dtype':'F32','shape':[[1]],'data_offsets':[0,4]",
                        "37: tensor 'x': 'shape': expected whole numbers from 0 to 2^63 - 1, got an"
                                + " array"),
                tensor(
                        "offsets in an object",
                        "'dtype':'F32','shape':[1],'data_offsets':{'0':4}",
                        "55: tensor 'x': 'data_offsets': expected an array, got an object"),
                tensor(
                        "an unknown field",
                        "'dtype':'F32','strides':[1]",
                        "28: tensor 'x': 'strides' is no field that the format knows"),
                tensor(
                        "a field twice",
                        "'dtype':'F32','dtype':'F32'",
                        "28: tensor 'x': 'dtype' is there twice"),
                tensor(
                        "another field twice",
                        "'shape':[],'shape':[1]",
                        "25: tensor 'x': 'shape' is there twice"),
                header(
                        "a name twice",
                        GOOD.substring(0, GOOD.length() - 1) + "," + GOOD.substring(1),
                        4,
                        "62: tensor 'x' is there twice"),
                header(
                        "a name twice, once with an escape",
                        GOOD.substring(0, GOOD.length() - 1)
                                + ","
                                + GOOD.substring(1).replace("\"x\"", "\"\\u0078\""),
                        4,
                        "62: tensor 'x' is there twice"));
    }

    private static Stream<Arguments> numbers() {
        return Stream.of(
                shape(
                        "a negative size",
                        "[-1]",
                        "37: tensor 'x': 'shape': expected whole numbers from 0 to 2^63 - 1, got"
                                + " -1"),
                shape(
                        "a size of 2^63",
                        "[9223372036854775808]",
                        "37: tensor 'x': 'shape': expected whole numbers from 0 to 2^63 - 1, got"
                                + " 9223372036854775808"),
                shape(
                        "a size of 2^64",
                        "[18446744073709551616]",
                        "37: tensor 'x': 'shape': expected whole numbers from 0 to 2^63 - 1, got"
                                + " 18446744073709551616"),
                shape(
                        "a size of 40 digits",
                        "[" + "9".repeat(40) + "]",
                        "37: tensor 'x': 'shape': expected whole numbers from 0 to 2^63 - 1, got"
                                + " 9999999999999999999999999999999999999999"),
                shape(
                        "a size with a fraction",
                        "[1.0]",
                        "37: tensor 'x': 'shape': expected whole numbers from 0 to 2^63 - 1, got"
                                + " the number 1.0"),
                shape(
                        "a size with an exponent",
                        "[1e0]",
                        "37: tensor 'x': 'shape': expected whole numbers from 0 to 2^63 - 1, got"
                                + " the number 1e0"),
                shape(
                        "a size that is true",
                        "[true]",
                        "37: tensor 'x': 'shape': expected whole numbers from 0 to 2^63 - 1, got"
                                + " true"),
                shape(
                        "a size that is null",
                        "[null]",
                        "37: tensor 'x': 'shape': expected whole numbers from 0 to 2^63 - 1, got"
                                + " null"),
                shape(
                        "a size that is not a number",
                        "[NaN]",
                        "40: the header is no valid JSON near 'hape\":[NaN],\"data_of'"),
                shape(
                        "a size with a leading zero",
                        "[01]",
                        "38: the header is no valid JSON near '\"shape\":[01],\"data_o'"),
                shape(
                        "65 sizes",
                        "[" + "1,".repeat(64) + "1]",
                        "165: tensor 'x': 'shape': expected at most 64 numbers"),
                shape(
                        "sizes that overflow",
                        "[4294967296,4294967296]",
                        "9: tensor 'x' of F32 [4294967296, 4294967296] exceeds 63 bits"),
                shape(
                        "sizes that overflow to the right bytes",
                        "[4294967296,4294967296,1]",
                        "9: tensor 'x' of F32 [4294967296, 4294967296, 1] exceeds 63 bits"),
                shape(
                        "sizes that overflow beside a 0",
                        "[0,4294967296,4294967296]",
                        "9: tensor 'x' of F32 [0, 4294967296, 4294967296] exceeds 63 bits"),
                shape(
                        "a size that overflows in bytes",
                        "[4611686018427387905]",
                        "9: tensor 'x' of F32 [4611686018427387905] exceeds 63 bits"),
                shape(
                        "two elements in four bytes",
                        "[2]",
                        "9: tensor 'x' of F32 [2] takes 8 bytes, but its offsets 0 to 4 hold 4"),
                shape(
                        "no element in four bytes",
                        "[0]",
                        "9: tensor 'x' of F32 [0] takes 0 bytes, but its offsets 0 to 4 hold 4"));
    }

    private static Stream<Arguments> layouts() {
        return Stream.of(
                offsets(
                        "one offset",
                        "[4]",
                        "58: tensor 'x': 'data_offsets': expected [begin, end], got [4]"),
                offsets(
                        "three offsets",
                        "[0,4,8]",
                        "60: tensor 'x': 'data_offsets': expected at most 2 numbers"),
                offsets(
                        "offsets in reverse",
                        "[4,0]",
                        "60: tensor 'x': 'data_offsets': expected [begin, end], got [4, 0]"),
                offsets(
                        "a negative offset",
                        "[-4,0]",
                        "56: tensor 'x': 'data_offsets': expected whole numbers from 0 to 2^63 - 1,"
                                + " got -4"),
                offsets(
                        "an end of 2^63",
                        "[0,9223372036854775808]",
                        "58: tensor 'x': 'data_offsets': expected whole numbers from 0 to 2^63 - 1,"
                                + " got 9223372036854775808"),
                offsets(
                        "an end past the file",
                        "[0,8]",
                        "9: tensor 'x' of F32 [1] takes 4 bytes, but its offsets 0 to 8 hold 8"),
                offsets(
                        "a beginning that leaves a gap",
                        "[4,8]",
                        "9: tensor 'x' ends at data byte 8, but the file has 4 bytes of data"),
                two(
                        "tensors that overlap",
                        "[0,4]",
                        "[2,6]",
                        6,
                        "62: tensor 'b' begins at data byte 2, an overlap: the one before ends at"
                                + " 4"),
                two(
                        "the same bytes twice",
                        "[0,4]",
                        "[0,4]",
                        4,
                        "62: tensor 'b' begins at data byte 0, an overlap: the one before ends at"
                                + " 4"),
                two(
                        "a gap between tensors",
                        "[0,4]",
                        "[8,12]",
                        12,
                        "62: tensor 'b' begins at data byte 8, a gap: the one before ends at 4"),
                two(
                        "a second tensor past the file",
                        "[0,4]",
                        "[4,8]",
                        7,
                        "62: tensor 'b' ends at data byte 8, but the file has 7 bytes of data"),
                two(
                        "bytes after the last tensor",
                        "[0,4]",
                        "[4,8]",
                        9,
                        "123: the last tensor ends at data byte 8, but the file has 9 bytes of"
                                + " data"),
                header(
                        "bytes without a tensor",
                        "{}",
                        3,
                        "10: the last tensor ends at data byte 0, but the file has 3 bytes of"
                                + " data"),
                header(
                        "a type of half a byte that ends within one",
                        "{\"x\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}",
                        2,
                        "9: tensor 'x' of F4 [3] takes no whole number of bytes"),
                header(
                        "a gap beside a type that is not known",
                        "{\"x\":{\"dtype\":\"Q7\",\"shape\":[3],\"data_offsets\":[1,2]}}",
                        2,
                        "9: tensor 'x' begins at data byte 1, a gap: the one before ends at 0"));
    }

    private static Stream<Arguments> metadata() {
        return Stream.of(
                header(
                        "metadata that are an array",
                        "{\"__metadata__\":[]}",
                        0,
                        "24: '__metadata__': expected an object, got an array"),
                header(
                        "metadata that are null",
                        "{\"__metadata__\":null}",
                        0,
                        "24: '__metadata__': expected an object, got null"),
                header(
                        "a number in the metadata",
                        "{\"__metadata__\":{\"a\":1}}",
                        0,
                        "29: '__metadata__': 'a': expected a string, got the number 1"),
                header(
                        "an object in the metadata",
                        "{\"__metadata__\":{\"a\":{}}}",
                        0,
                        "29: '__metadata__': 'a': expected a string, got an object"),
                header(
                        "a key twice in the metadata",
                        "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}",
                        0,
                        "33: '__metadata__': 'a' is there twice"),
                header(
                        "metadata twice",
                        "{\"__metadata__\":{},\"__metadata__\":{}}",
                        0,
                        "27: '__metadata__' is there twice"));
    }

    private static Arguments header(String what, String json, int dataBytes, String message) {
        return arguments(what, Bytes.safetensors(json, dataBytes), message);
    }

    private static Arguments tensor(String what, String fields, String message) {
        return header(what, "{\"x\":{" + fields.replace('\'', '"') + "}}", 4, message);
    }

    private static Arguments shape(String what, String shape, String message) {
        return tensor(what, "'dtype':'F32','shape':" + shape + ",'data_offsets':[0,4]", message);
    }

    private static Arguments offsets(String what, String offsets, String message) {
        return tensor(what, "'dtype':'F32','shape':[1],'data_offsets':" + offsets, message);
    }

    private static Arguments two(
            String what, String first, String second, int dataBytes, String message) {
        String json =
                ("{'a':{'dtype':'F32','shape':[1],'data_offsets':%s},"
                                + "'b':{'dtype':'F32','shape':[1],'data_offsets':%s}}")
                        .formatted(first, second)
                        .replace('\'', '"');
        return header(what, json, dataBytes, message);
    }
}
