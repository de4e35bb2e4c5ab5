package io.github.subquad.peers;

import io.github.subquad.AttentionShape;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * An ONNX model of one node, {@code MultiHeadAttention} with one head, written as protocol buffers
 * by hand: three wire types and a dozen fields of {@code onnx.proto} are all it takes. One head and
 * the heads as batch, so that the tensors need no reordering.
 */
final class OnnxModel {
    private static final int IR_VERSION = 10;
    private static final int OPSET = 21;
    private static final int FLOAT = 1;
    private static final int FLOAT_ATTRIBUTE = 1;
    private static final int INT_ATTRIBUTE = 2;
    private static final String MICROSOFT = "com.microsoft";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private OnnxModel() {}

    /**
     * Inputs query, key, value and one output, all of rank 3 and fixed sizes.
     *
     * @param s sizes of the call; heads are not grouped
     * @param scale factor of the scores
     * @param causal whether query i sees the keys 0 … i alone
     * @return the model as a file would hold it
     */
    static byte[] multiHeadAttention(AttentionShape s, float scale, boolean causal) {
        OnnxModel node =
                new OnnxModel()
                        .text(1, "query")
                        .text(1, "key")
                        .text(1, "value")
                        .text(2, "output")
                        .text(4, "MultiHeadAttention")
                        .message(5, whole("num_heads", 1))
                        .message(5, whole("unidirectional", causal ? 1 : 0))
                        .message(5, real("scale", scale))
                        .text(7, MICROSOFT);
        long heads = s.queryHeads();
        OnnxModel graph =
                new OnnxModel()
                        .message(1, node)
                        .text(2, "attention")
                        .message(11, tensor("query", heads, s.queryTokens(), s.channels()))
                        .message(11, tensor("key", heads, s.keyTokens(), s.channels()))
                        .message(11, tensor("value", heads, s.keyTokens(), s.valueChannels()))
                        .message(12, tensor("output", heads, s.queryTokens(), s.valueChannels()));
        return new OnnxModel()
                .number(1, IR_VERSION)
                .message(7, graph)
                .message(8, new OnnxModel().text(1, "").number(2, OPSET))
                .message(8, new OnnxModel().text(1, MICROSOFT).number(2, 1))
                .bytes
                .toByteArray();
    }

    private static OnnxModel whole(String name, int value) {
        return new OnnxModel().text(1, name).number(3, value).number(20, INT_ATTRIBUTE);
    }

    private static OnnxModel real(String name, float value) {
        return new OnnxModel().text(1, name).real(2, value).number(20, FLOAT_ATTRIBUTE);
    }

    /** A ValueInfoProto: name and type, the type a tensor of float32 with these sizes. */
    private static OnnxModel tensor(String name, long... sizes) {
        OnnxModel shape = new OnnxModel();
        for (long size : sizes) {
            shape.message(1, new OnnxModel().number(1, size));
        }
        OnnxModel type = new OnnxModel().number(1, FLOAT).message(2, shape);
        return new OnnxModel().text(1, name).message(2, new OnnxModel().message(1, type));
    }

    private OnnxModel number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    /** Four bytes, the lowest first. */
    private OnnxModel real(int field, float value) {
        varint(((long) field << 3) | 5);
        int bits = Float.floatToIntBits(value);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            bytes.write(bits >>> shift);
        }
        return this;
    }

    private OnnxModel text(int field, String value) {
        return block(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private OnnxModel message(int field, OnnxModel value) {
        return block(field, value.bytes.toByteArray());
    }

    private OnnxModel block(int field, byte[] content) {
        varint(((long) field << 3) | 2);
        varint(content.length);
        bytes.writeBytes(content);
        return this;
    }

    /** Seven bits a byte, the lowest first; the top bit says that more follow. */
    private void varint(long value) {
        long rest = value;
        for (; rest >>> 7 != 0; rest >>>= 7) {
            bytes.write((int) ((rest & 0x7f) | 0x80));
        }
        bytes.write((int) rest);
    }
}
