package io.github.subquad.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.subquad.tensor.Tensor;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;

/** Writes <a href="https://github.com/huggingface/safetensors#format">safetensors</a> files. */
public final class SafetensorsWriter {
    /** The reference implementation's order: wide types first, so that all stay aligned. */
    private static final Comparator<Entry<String, Tensor>> BY_TYPE_THEN_NAME =
            Comparator.<Entry<String, Tensor>, SafetensorsDtype>comparing(
                            entry -> SafetensorsDtype.of(entry.getValue().dataType()))
                    .reversed()
                    .thenComparing(Entry::getKey);

    private static final JsonFactory JSON = new JsonFactory();

    private SafetensorsWriter() {}

    /**
     * Writes tensors and free text into one file, as the format's reference implementation would:
     * data from a multiple of 8 bytes on, larger types first, then by name. The file appears whole,
     * in place of one that was there, or not at all.
     *
     * @param path the file; its directory is there
     * @param tensors what to write by name, of any strides; not {@code __metadata__}
     * @param metadata free text for {@code __metadata__}; left out if empty
     * @throws TensorFileException if the file cannot be written
     * @throws IllegalArgumentException if a name cannot be in such a file
     */
    public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws TensorFileException {
        for (Tensor tensor : tensors.values()) {
            FormatLimits.requireWritable(path, tensor);
        }
        var ordered = tensors.entrySet().stream().sorted(BY_TYPE_THEN_NAME).toList();
        byte[] json = header(ordered, metadata);
        if (json.length > SafetensorsHeader.LONGEST) {
            throw new TensorFileException(
                    path,
                    -1,
                    "names and metadata take %d bytes, more than the format's %d"
                            .formatted(json.length, SafetensorsHeader.LONGEST));
        }
        AtomicFile.write(
                path,
                channel -> {
                    try (var writer = new RowMajorWriter(channel)) {
                        writer.write(lengthOf(json));
                        writer.write(ByteBuffer.wrap(json));
                        for (var entry : ordered) {
                            writer.write(entry.getValue());
                        }
                    }
                });
    }

    private static ByteBuffer lengthOf(byte[] json) {
        return ByteBuffer.allocate(SafetensorsHeader.PREFIX)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .flip();
    }

    /** The JSON, filled up with spaces to a multiple of 8 bytes. */
    private static byte[] header(
            List<Entry<String, Tensor>> tensors, Map<String, String> metadata) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart(SafetensorsHeader.METADATA);
                metadata.forEach(
                        (key, text) -> json.writeStringProperty(checked(key), checked(text)));
                json.writeEndObject();
            }
            long begin = 0;
            for (var entry : tensors) {
                begin = describe(json, entry.getKey(), entry.getValue(), begin);
            }
            json.writeEndObject();
        }
        while (bytes.size() % Long.BYTES != 0) {
            bytes.write(' ');
        }
        return bytes.toByteArray();
    }

    /** Writes one tensor's entry and gives the end of its data. */
    private static long describe(JsonGenerator json, String name, Tensor tensor, long begin) {
        if (name.equals(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException(
                    "tensors: expected names other than '__metadata__', which is the format's own");
        }
        long bytes = tensor.elements() * tensor.dataType().bytes();
        long end = Math.addExact(begin, bytes);
        long[] shape = tensor.shape();
        json.writeObjectPropertyStart(checked(name));
        json.writeStringProperty("dtype", SafetensorsDtype.of(tensor.dataType()).name());
        json.writeName("shape");
        json.writeArray(shape, 0, shape.length);
        json.writeName("data_offsets");
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
        return end;
    }

    private static String checked(String text) {
        if (!UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(
                    "expected text that UTF-8 can hold, got " + HostileText.quote(text));
        }
        return text;
    }
}
