package io.github.subquad.io;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

class HostileNpyTest {
    private static final String GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";

    @TempDir private Path directory;

    @ParameterizedTest(name = "{0} is refused: {1}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            textBlock =
                    """
                    big_endian.npy    ; 10: '>f4' is big-endian: save it with array.astype(numpy.float32)
                    fortran_order.npy ; 10: the array is in Fortran order: save it with numpy.save(file, numpy.ascontiguousarray(array))
                    float64.npy       ; 10: '<f8' is not float32, float16, bool or uint8: convert with .astype(numpy.float32)
                    int64.npy         ; 10: '<i8' is not float32, float16, bool or uint8: convert with .astype(numpy.float32)
                    objects.npy       ; 10: '|O' holds pickled objects, which are never read: save it with array.astype(numpy.float32)
                    structured.npy    ; 20: the array is structured: save one of its fields, array['name']
                    raw_bytes.npy     ; 10: '|V2' holds raw bytes, as bfloat16 comes out: save it with array.astype(numpy.float32) or as safetensors
                    archive.npz       ; 0: this is a zip archive such as .npz: save one array as .npy
                    """)
    void whatNumPyWroteAndWeDoNotReadNamesItsRemedy(String fileName, String message) {
        Path path = Cases.interop(fileName);
        assertThatThrownBy(() -> NpyFile.open(path))
                .isInstanceOf(TensorFileException.class)
                .hasMessage(path + ": at byte " + message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void isRefusedInOneLine(String what, byte[] bytes, String message) throws IOException {
        Path path = directory.resolve("x.npy");
        Files.write(path, bytes);
        assertThatThrownBy(() -> NpyFile.open(path))
                .isInstanceOf(TensorFileException.class)
                .hasMessage(path + ": at byte " + message);
    }

    static Stream<Arguments> isRefusedInOneLine() {
        return Stream.of(beginnings(), dictionaries(), types(), shapes()).flatMap(cases -> cases);
    }

    private static Stream<Arguments> beginnings() {
        byte[] good = Bytes.npy(GOOD, 4);
        return Stream.of(
                arguments(
                        "an empty file",
                        new byte[0],
                        "0: this is no npy file: it does not begin with \\x93NUMPY and a version"),
                arguments(
                        "a text file",
                        "hello, world".getBytes(US_ASCII),
                        "0: this is no npy file: it does not begin with \\x93NUMPY and a version"),
                arguments(
                        "the magic alone",
                        Bytes.first(good, 6),
                        "0: this is no npy file: it does not begin with \\x93NUMPY and a version"),
                arguments(
                        "half a header length",
                        Bytes.first(good, 9),
                        "8: the file ends inside its header"),
                arguments(
                        "a header cut short",
                        Bytes.first(good, 40),
                        "8: header length 57 is past the end of the file (40 bytes)"),
                arguments(
                        "version 4.0",
                        Bytes.npy(4, GOOD.length(), GOOD, 4),
                        "6: npy version 4.0: expected 1.0, 2.0 or 3.0"),
                arguments(
                        "version 0.0",
                        Bytes.npy(0, GOOD.length(), GOOD, 4),
                        "6: npy version 0.0: expected 1.0, 2.0 or 3.0"),
                arguments(
                        "version 2.0 cut short",
                        Bytes.first(Bytes.npy(2, 0, GOOD, 4), 11),
                        "8: the file ends inside its header"),
                arguments(
                        "a header length of 2^32 - 1",
                        Bytes.npy(2, -1, GOOD, 4),
                        "8: header length 4294967295 is past the end of the file (73 bytes)"),
                arguments(
                        "a header length of 2^31",
                        Bytes.npy(3, 1 << 31, GOOD, 4),
                        "8: header length 2147483648 is past the end of the file (73 bytes)"),
                arguments(
                        "a header of 10,001 bytes",
                        Bytes.npy(" ".repeat(10_001), 4),
                        "8: header length 10001 exceeds 10000 bytes"),
                arguments(
                        "a header length of 0",
                        Bytes.npy("", 4),
                        "10: expected '{' in the header, got its end"));
    }

    private static Stream<Arguments> dictionaries() {
        return Stream.of(
                dict("a list", "['descr']", "10: expected '{' in the header, got '['descr']'"),
                dict(
                        "a call",
                        "dict(descr='<f4')",
                        "10: expected '{' in the header, got 'dict(descr='<f4')'"),
                dict("no dictionary at all", "   ", "13: expected '{' in the header, got its end"),
                dict(
                        "an empty dictionary",
                        "{}",
                        "12: expected 'descr', 'fortran_order' and 'shape' in the header"),
                dict(
                        "no end",
                        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), ",
                        "66: expected a string, got its end"),
                dict("a string without end", "{'descr", "11: a string does not end"),
                dict(
                        "a string with an escape",
                        "{'d\\x65scr': '<f4'}",
                        "11: expected a string without escapes, got 'd\\x65scr'"),
                dict("a key that is a number", "{1: 2}", "11: expected a string, got '1: 2}'"),
                dict("an unknown key", "{'descr': '<f4', 'order': 'C'}", "35: unknown key 'order'"),
                dict(
                        "a key twice",
                        "{'descr': '<f4', 'descr': '<f4'}",
                        "35: 'descr' is there twice"),
                dict(
                        "no descr",
                        "{'fortran_order': False, 'shape': (1,)}",
                        "49: expected 'descr', 'fortran_order' and 'shape' in the header"),
                dict(
                        "no fortran_order",
                        "{'descr': '<f4', 'shape': (1,)}",
                        "41: expected 'descr', 'fortran_order' and 'shape' in the header"),
                dict(
                        "no shape",
                        "{'descr': '<f4', 'fortran_order': False}",
                        "50: expected 'descr', 'fortran_order' and 'shape' in the header"),
                dict(
                        "two commas",
                        "{'descr': '<f4',, 'shape': (1,)}",
                        "26: expected a string, got ', 'shape': (1,)}'"),
                dict("a comma first", "{,}", "11: expected a string, got ',}'"),
                dict(
                        "no comma",
                        "{'descr': '<f4' 'shape': (1,)}",
                        "26: expected ',' in the header, got ''shape': (1,)}'"),
                dict("no colon", "{'descr' '<f4'}", "19: expected ':' in the header, got ''<f4'}'"),
                dict(
                        "something after the dictionary",
                        GOOD + "; import os",
                        "67: expected nothing but spaces after the header, got '; import os'"),
                dict(
                        "a zero byte after the dictionary",
                        GOOD + "\0",
                        "67: expected nothing but spaces after the header, got '\\u0000'"),
                dict(
                        "fortran_order that is a number",
                        "{'fortran_order': 0}",
                        "28: fortran_order: expected True or False, got '0}'"),
                dict(
                        "fortran_order that is lower case",
                        "{'fortran_order': false}",
                        "28: fortran_order: expected True or False, got 'false}'"),
                dict(
                        "9,000 levels of parentheses",
                        "{'shape': " + "(".repeat(9_000),
                        "21: shape: expected a number ≥ 0, got '(((((((((((((((((((('"));
    }

    private static Stream<Arguments> types() {
        return Stream.of(
                descr(
                        "a descr that is no string",
                        "4",
                        "20: expected a string, got '4, 'fortran_order': '"),
                descr(
                        "an empty descr",
                        "''",
                        "10: '' is not float32, float16, bool or uint8: convert with"
                                + " .astype(numpy.float32)"),
                descr(
                        "big-endian float16",
                        "'>f2'",
                        "10: '>f2' is big-endian: save it with array.astype(numpy.float32)"),
                descr(
                        "big-endian float64",
                        "'>f8'",
                        "10: '>f8' is big-endian: save it with array.astype(numpy.float32)"),
                descr(
                        "complex numbers",
                        "'<c8'",
                        "10: '<c8' is not float32, float16, bool or uint8: convert with"
                                + " .astype(numpy.float32)"),
                descr(
                        "strings",
                        "'<U5'",
                        "10: '<U5' is not float32, float16, bool or uint8: convert with"
                                + " .astype(numpy.float32)"),
                descr(
                        "signed bytes",
                        "'|i1'",
                        "10: '|i1' is not float32, float16, bool or uint8: convert with"
                                + " .astype(numpy.float32)"),
                descr(
                        "a sub-array",
                        "('<f4', (2,))",
                        "20: expected a string, got '('<f4', (2,)), 'fort'"),
                descr(
                        "a line break",
                        "'<f4\n'",
                        "10: '<f4\\u000a' is not float32, float16, bool or uint8: convert with"
                                + " .astype(numpy.float32)"));
    }

    private static Stream<Arguments> shapes() {
        return Stream.of(
                shape("a list", "[1]", "60: shape: expected a tuple such as (2, 3), got '[1]}'"),
                shape("a number", "1", "60: shape: expected a tuple such as (2, 3), got '1}'"),
                shape(
                        "a number in parentheses",
                        "(1)",
                        "62: shape: expected a tuple such as (3,), got a number in parentheses"),
                shape("a negative size", "(-1,)", "61: shape: expected a number ≥ 0, got '-1,)}'"),
                shape("a fraction", "(1.0,)", "62: shape: expected ',' or ')', got '.0,)}'"),
                shape(
                        "a size that is True",
                        "(True,)",
                        "61: shape: expected a number ≥ 0, got 'True,)}'"),
                shape("a comma first", "(,)", "61: shape: expected a number ≥ 0, got ',)}'"),
                shape("two commas", "(1,,)", "63: shape: expected a number ≥ 0, got ',)}'"),
                shape("no end", "(1, 2", "65: shape: expected ',' or ')', got '}'"),
                shape("65 sizes", "(" + "1,".repeat(65) + ")", "191: shape: more than 64 sizes"),
                shape(
                        "a size of 2^63",
                        "(9223372036854775808,)",
                        "61: shape: 9223372036854775808 exceeds 63 bits"),
                shape(
                        "a size of 500 digits",
                        "(" + "9".repeat(500) + ",)",
                        "61: shape: 9999999999999999999999999999999999999999… exceeds 63 bits"),
                shape(
                        "sizes that overflow",
                        "(4294967296, 4294967296)",
                        "85: shape [4294967296, 4294967296] exceeds 63 bits"),
                shape(
                        "sizes that overflow beside a 0",
                        "(0, 4294967296, 4294967296)",
                        "88: shape [0, 4294967296, 4294967296] exceeds 63 bits"),
                shape(
                        "a size that overflows in bytes",
                        "(4611686018427387905,)",
                        "83: shape [4611686018427387905] exceeds 63 bits"),
                shape(
                        "fewer data than the shape",
                        "(2,)",
                        "65: shape [2] of F32 takes 8 bytes, but the file holds fewer: 4"),
                shape(
                        "no data for the shape",
                        "(1000000000, 1000)",
                        "79: shape [1000000000, 1000] of F32 takes 4000000000000 bytes, but the"
                                + " file holds fewer: 4"),
                shape(
                        "more data than the shape",
                        "(0,)",
                        "65: shape [0] of F32 takes 0 bytes, but the file holds more: 4"));
    }

    private static Arguments dict(String what, String dict, String message) {
        return arguments(what, Bytes.npy(dict, 4), message);
    }

    private static Arguments descr(String what, String descr, String message) {
        return dict(
                what,
                "{'descr': %s, 'fortran_order': False, 'shape': (1,)}".formatted(descr),
                message);
    }

    private static Arguments shape(String what, String shape, String message) {
        return dict(
                "a shape with " + what,
                "{'descr': '<f4', 'fortran_order': False, 'shape': %s}".formatted(shape),
                message);
    }
}
