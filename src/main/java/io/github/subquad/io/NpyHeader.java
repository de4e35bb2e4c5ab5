package io.github.subquad.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an npy file says about itself: magic, version, length, then that much of a Python
 * dictionary.
 *
 * @param dataType how we hold its elements
 * @param shape sizes, outermost first
 * @param dataStart first byte of the data in the file
 */
record NpyHeader(DataType dataType, List<Long> shape, long dataStart) {
    private static final String MAGIC = "\u0093NUMPY";

    /** After the magic and two bytes of version. */
    private static final int LENGTH_AT = 8;

    /** NumPy refuses longer headers too; those of plain arrays take about a hundred bytes. */
    private static final long LONGEST = 10_000;

    /** Data begin at a multiple of this. */
    private static final int ALIGNMENT = 64;

    /** NumPy leaves room for the outermost size to grow to this many digits. */
    private static final int GROWTH_DIGITS = 21;

    long[] sizes() {
        return shape.stream().mapToLong(size -> size).toArray();
    }

    /** Reads the header and checks all of it, so that the array is what is left of the file. */
    static NpyHeader read(MappedFile file) throws TensorFileException {
        int dictAt = LENGTH_AT + lengthBytes(file);
        if (file.size() < dictAt) {
            throw file.error(LENGTH_AT, "the file ends inside its header");
        }
        long length = 0;
        for (int at = dictAt - 1; at >= LENGTH_AT; at--) {
            length = length << Byte.SIZE | Byte.toUnsignedLong(file.bytes().get(JAVA_BYTE, at));
        }
        if (length > file.size() - dictAt) {
            throw file.error(
                    LENGTH_AT,
                    "header length %d is past the end of the file (%d bytes)"
                            .formatted(length, file.size()));
        }
        if (length > LONGEST) {
            throw file.error(
                    LENGTH_AT, "header length %d exceeds %d bytes".formatted(length, LONGEST));
        }
        var entries = NpyDict.parse(file, text(file, dictAt, length), dictAt);
        if (entries.fortranOrder()) {
            throw file.error(
                    dictAt,
                    "the array is in Fortran order: save it with"
                            + " numpy.save(file, numpy.ascontiguousarray(array))");
        }
        var header =
                new NpyHeader(
                        dataType(file, dictAt, entries.descr()), entries.shape(), dictAt + length);
        header.checkSize(file);
        return header;
    }

    /** Checks magic and version; how many bytes the header's length takes depends on them. */
    private static int lengthBytes(MappedFile file) throws TensorFileException {
        String start = text(file, 0, Math.min(file.size(), LENGTH_AT));
        if (start.startsWith("PK")) {
            throw file.error(0, "this is a zip archive such as .npz: save one array as .npy");
        }
        if (!start.startsWith(MAGIC) || start.length() < LENGTH_AT) {
            throw file.error(
                    0, "this is no npy file: it does not begin with \\x93NUMPY and a version");
        }
        int major = start.charAt(MAGIC.length());
        int minor = start.charAt(MAGIC.length() + 1);
        if (major < 1 || major > 3 || minor != 0) {
            throw file.error(
                    MAGIC.length(),
                    "npy version %d.%d: expected 1.0, 2.0 or 3.0".formatted(major, minor));
        }
        return major == 1 ? Short.BYTES : Integer.BYTES;
    }

    /** One character a byte. Version 3.0 is UTF-8, but only field names of structures need it. */
    private static String text(MappedFile file, long at, long length) {
        return new String(file.bytes().asSlice(at, length).toArray(JAVA_BYTE), ISO_8859_1);
    }

    private static DataType dataType(MappedFile file, long at, String descr)
            throws TensorFileException {
        return switch (descr) {
            case "<f4", "=f4" -> DataType.F32;
            case "<f2", "=f2" -> DataType.F16;
            case "|b1", "|u1" -> DataType.BOOL;
            default -> throw file.error(at, HostileText.quote(descr) + " " + remedy(descr));
        };
    }

    private static String remedy(String descr) {
        if (descr.startsWith(">")) {
            return "is big-endian: save it with array.astype(numpy.float32)";
        }
        return switch (descr.length() < 2 ? ' ' : descr.charAt(1)) {
            case 'O' ->
                    "holds pickled objects, which are never read: save it with"
                            + " array.astype(numpy.float32)";
            case 'V' ->
                    "holds raw bytes, as bfloat16 comes out: save it with"
                            + " array.astype(numpy.float32) or as safetensors";
            default ->
                    "is not float32, float16, bool or uint8:"
                            + " convert with .astype(numpy.float32)";
        };
    }

    private void checkSize(MappedFile file) throws TensorFileException {
        long available = file.size() - dataStart;
        try {
            long bytes = FormatLimits.bits(shape, dataType.bytes() * Byte.SIZE) / Byte.SIZE;
            if (bytes != available) {
                throw file.error(
                        dataStart,
                        "shape %s of %s takes %d bytes, but the file holds %s: %d"
                                .formatted(
                                        shape,
                                        dataType,
                                        bytes,
                                        bytes > available ? "fewer" : "more",
                                        available));
            }
        } catch (ArithmeticException _) {
            throw file.error(dataStart, "shape %s exceeds 63 bits".formatted(shape));
        }
    }

    /** The header that NumPy itself would write, to the byte. */
    static byte[] write(Path path, Tensor tensor) throws TensorFileException {
        String shape = pythonTuple(tensor.shape());
        String dict =
                "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
                        .formatted(descr(path, tensor.dataType()), shape);
        int growth =
                tensor.rank() == 0 ? 0 : GROWTH_DIGITS - Long.toString(tensor.size(0)).length();
        int dictAt = LENGTH_AT + Short.BYTES;
        int used = dictAt + dict.length() + growth + 1;
        int padding = ALIGNMENT - used % ALIGNMENT;
        byte[] text = (dict + " ".repeat(growth + padding) + "\n").getBytes(ISO_8859_1);
        return ByteBuffer.allocate(dictAt + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC.getBytes(ISO_8859_1))
                .put(new byte[] {1, 0})
                .putShort((short) text.length)
                .put(text)
                .array();
    }

    private static String pythonTuple(long[] shape) {
        String sizes =
                Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return shape.length == 1 ? "(" + sizes + ",)" : "(" + sizes + ")";
    }

    private static String descr(Path path, DataType type) throws TensorFileException {
        return switch (type) {
            case F32 -> "<f4";
            case F16 -> "<f2";
            case BOOL -> "|b1";
            case BF16 ->
                    throw new TensorFileException(
                            path,
                            -1,
                            "npy cannot hold bfloat16: write safetensors, or convert to float32");
        };
    }
}
