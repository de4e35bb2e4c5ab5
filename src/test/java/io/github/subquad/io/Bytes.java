package io.github.subquad.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Files put together by hand, right or wrong. */
final class Bytes {
    private Bytes() {}

    /** A safetensors file of this header, as it is, and that many bytes of data, 0, 1, 2… */
    static byte[] safetensors(String json, int dataBytes) {
        return safetensors(json.getBytes(UTF_8).length, json, dataBytes);
    }

    /** The same with a header length that need not be true. */
    static byte[] safetensors(long headerLength, String json, int dataBytes) {
        byte[] header = json.getBytes(UTF_8);
        var file = littleEndian(Long.BYTES + header.length + dataBytes);
        file.putLong(headerLength).put(header);
        return withData(file);
    }

    /** An npy file of version 1.0 with this dictionary. */
    static byte[] npy(String dict, int dataBytes) {
        byte[] header = dict.getBytes(ISO_8859_1);
        var file = littleEndian(10 + header.length + dataBytes);
        file.put("\u0093NUMPY\1\0".getBytes(ISO_8859_1)).putShort((short) header.length);
        return withData(file.put(header));
    }

    /** An npy file of version 2.0 or 3.0, whose header length need not be true. */
    static byte[] npy(int major, int headerLength, String dict, int dataBytes) {
        byte[] header = dict.getBytes(ISO_8859_1);
        var file = littleEndian(12 + header.length + dataBytes);
        file.put("\u0093NUMPY".getBytes(ISO_8859_1)).put((byte) major).put((byte) 0);
        return withData(file.putInt(headerLength).put(header));
    }

    static byte[] first(byte[] file, int length) {
        return Arrays.copyOf(file, length);
    }

    static byte[] littleEndianLong(long value) {
        return littleEndian(Long.BYTES).putLong(value).array();
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] withData(ByteBuffer file) {
        for (int i = 0; file.hasRemaining(); i++) {
            file.put((byte) i);
        }
        byte[] bytes = new byte[file.capacity()];
        file.get(0, bytes);
        return bytes;
    }
}
