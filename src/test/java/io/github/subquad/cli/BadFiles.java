package io.github.subquad.cli;

import static io.github.subquad.cli.Tensors.npy;
import static io.github.subquad.cli.Tensors.random;
import static io.github.subquad.cli.Tensors.write;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.subquad.io.SafetensorsWriter;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A folder with a few good files and many bad ones, each named after its fault. */
final class BadFiles {
    private static final String ONE = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":";

    private final Path folder;

    private BadFiles(Path folder) {
        this.folder = folder;
    }

    static void writeTo(Path folder) throws IOException {
        var files = new BadFiles(folder);
        Files.createDirectory(folder.resolve("a-folder"));
        files.good();
        files.badSafetensors();
        files.badNpy();
        files.badShapes();
        files.gradients();
    }

    private void good() throws IOException {
        Tensors.writeSmall(folder.resolve("good.safetensors"));
        npy(folder.resolve("q.npy"), random(1, DataType.F32, 2, 5, 4));
        npy(folder.resolve("k.npy"), random(2, DataType.F32, 2, 7, 4));
        npy(folder.resolve("v.npy"), random(3, DataType.F32, 2, 7, 4));
    }

    private void badSafetensors() throws IOException {
        bytes("empty.safetensors", new byte[0]);
        safetensors("header-of-2-64-bytes.safetensors", -1, "{}", 0);
        byte[] good = Files.readAllBytes(folder.resolve("good.safetensors"));
        bytes("truncated.safetensors", Arrays.copyOf(good, good.length - 1));
        bytes("longer.safetensors", Arrays.copyOf(good, good.length + 1));
        safetensors("text.safetensors", "query", 0);
        safetensors("deep.safetensors", "{\"query\":" + "[".repeat(100_000), 0);
        safetensors("twice.safetensors", two("query", "[0,4]", "query", "[4,8]"), 8);
        safetensors("overlap.safetensors", two("query", "[0,4]", "key", "[0,4]"), 4);
        safetensors("gap.safetensors", two("query", "[0,4]", "key", "[8,12]"), 12);
        safetensors(
                "overflow.safetensors",
                "{\"query\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],"
                        + "\"data_offsets\":[0,0]}}",
                0);
        safetensors(
                "int64.safetensors",
                "{\"query\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
                8);
        safetensors("no-key.safetensors", "{\"query\":{" + ONE + "[0,4]}}", 4);
    }

    private static String two(String name, String offsets, String other, String otherOffsets) {
        return "{\"%s\":{%s%s},\"%s\":{%s%s}}"
                .formatted(name, ONE, offsets, other, ONE, otherOffsets);
    }

    private void safetensors(String name, String json, int dataBytes) throws IOException {
        safetensors(name, json.length(), json, dataBytes);
    }

    private void safetensors(String name, long length, String json, int dataBytes)
            throws IOException {
        byte[] header = json.getBytes(ISO_8859_1);
        var file = ByteBuffer.allocate(Long.BYTES + header.length + dataBytes);
        bytes(name, file.order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(header).array());
    }

    private void badNpy() throws IOException {
        npyHeader("fortran.npy", "'<f4'", "True", "(2, 3)", 24);
        npyHeader("big-endian.npy", "'>f4'", "False", "(2, 3)", 24);
        npyHeader("float64.npy", "'<f8'", "False", "(2, 3)", 48);
        npyHeader("objects.npy", "'|O'", "False", "(2, 3)", 48);
        npyHeader("truncated.npy", "'<f4'", "False", "(2, 3)", 23);
        npyHeader("overflow.npy", "'<f4'", "False", "(4294967296, 4294967296)", 4);
        bytes("text.npy", "1, 2, 3".getBytes(ISO_8859_1));
        bytes("archive.npy", "PK\3\4".getBytes(ISO_8859_1));
    }

    private void npyHeader(
            String name, String descr, String fortranOrder, String shape, int dataBytes)
            throws IOException {
        String dict =
                "{'descr': %s, 'fortran_order': %s, 'shape': %s}\n"
                        .formatted(descr, fortranOrder, shape);
        var file = ByteBuffer.allocate(10 + dict.length() + dataBytes);
        file.order(ByteOrder.LITTLE_ENDIAN)
                .put("\u0093NUMPY\1\0".getBytes(ISO_8859_1))
                .putShort((short) dict.length())
                .put(dict.getBytes(ISO_8859_1));
        bytes(name, file.array());
    }

    /** Files with which nothing is wrong but that their tensors do not fit each other. */
    private void badShapes() throws IOException {
        shapes("rank-2", new long[] {5, 4}, new long[] {7, 4}, new long[] {7, 4});
        shapes("ranks", new long[] {1, 2, 5, 4}, new long[] {2, 7, 4}, new long[] {2, 7, 4});
        shapes("channels", new long[] {2, 5, 4}, new long[] {2, 7, 3}, new long[] {2, 7, 4});
        shapes("tokens", new long[] {2, 5, 4}, new long[] {2, 7, 4}, new long[] {2, 6, 4});
        shapes("heads", new long[] {3, 5, 4}, new long[] {2, 7, 4}, new long[] {2, 7, 4});
        shapes("no-channels", new long[] {2, 5, 0}, new long[] {2, 7, 0}, new long[] {2, 7, 4});
        npy(folder.resolve("mask.npy"), Tensor.allocate(DataType.BOOL, 2, 5, 6));
        npy(folder.resolve("bool.npy"), Tensor.allocate(DataType.BOOL, 2, 5, 4));
        SafetensorsWriter.write(
                folder.resolve("masked.safetensors"),
                Map.of(
                        "query", random(1, DataType.F32, 2, 5, 4),
                        "key", random(2, DataType.F32, 2, 7, 4),
                        "value", random(3, DataType.F32, 2, 7, 4),
                        "mask", Tensor.allocate(DataType.F16, 3, 1, 7)),
                Map.of());
    }

    /** Good but for the one whose name says what is wrong with its grad_output. */
    private void gradients() throws IOException {
        gradients("gradients", random(4, DataType.F32, 2, 5, 4));
        gradients("grad-channels", random(4, DataType.F32, 2, 5, 3));
        gradients("grad-rank", random(4, DataType.F32, 1, 2, 5, 4));
        gradients("grad-bool", Tensor.allocate(DataType.BOOL, 2, 5, 4));
        npy(folder.resolve("do.npy"), random(4, DataType.F32, 2, 5, 4));
        npy(folder.resolve("do-tokens.npy"), random(4, DataType.F32, 2, 6, 4));
        npy(folder.resolve("bias.npy"), random(5, DataType.F32, 5, 7));
    }

    private void gradients(String name, Tensor gradOutput) throws IOException {
        SafetensorsWriter.write(
                folder.resolve(name + ".safetensors"),
                Map.of(
                        "query", random(1, DataType.F32, 2, 5, 4),
                        "key", random(2, DataType.F32, 2, 7, 4),
                        "value", random(3, DataType.F32, 2, 7, 4),
                        "grad_output", gradOutput,
                        "visible", Tensor.allocate(DataType.BOOL, 5, 7)),
                Map.of());
    }

    private void shapes(String name, long[] query, long[] key, long[] value) throws IOException {
        write(
                folder.resolve(name + ".safetensors"),
                random(1, DataType.F32, query),
                random(2, DataType.F32, key),
                random(3, DataType.F32, value));
    }

    private void bytes(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), bytes);
    }
}
