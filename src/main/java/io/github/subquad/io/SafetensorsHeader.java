package io.github.subquad.io;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What a safetensors file says about itself: 8 bytes of length, then that much JSON, then the data.
 *
 * @param metadata the free text of {@code __metadata__}
 * @param tensors by name, in the order of the header
 * @param dataStart first byte of the data in the file
 */
record SafetensorsHeader(
        Map<String, String> metadata, SequencedMap<String, Entry> tensors, long dataStart) {
    static final String METADATA = "__metadata__";

    /** Bytes before the JSON. */
    static final int PREFIX = Long.BYTES;

    /** The format's own bound on the JSON, in bytes. */
    static final long LONGEST = 100_000_000;

    private static final ValueLayout.OfLong LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    /** One tensor; {@code begin} and {@code end} count bytes of data, {@code at} of the file. */
    record Entry(String name, long at, String dtype, List<Long> shape, long begin, long end) {}

    /** Reads the header and checks all of it, so that every tensor lies inside the file. */
    static SafetensorsHeader read(MappedFile file) throws TensorFileException {
        if (file.size() < PREFIX) {
            throw file.error(0, "a safetensors file has at least 8 bytes, this one " + file.size());
        }
        long length = file.bytes().get(LENGTH, 0);
        if (length < 0 || length > file.size() - PREFIX) {
            throw file.error(
                    0,
                    "header length %s is past the end of the file (%d bytes); is this safetensors?"
                            .formatted(Long.toUnsignedString(length), file.size()));
        }
        if (length > LONGEST) {
            throw file.error(
                    0, "header length %d exceeds the format's %d bytes".formatted(length, LONGEST));
        }
        byte[] json = file.bytes().asSlice(PREFIX, length).toArray(ValueLayout.JAVA_BYTE);
        var header = SafetensorsJson.parse(file, json);
        header.checkLayout(file);
        return header;
    }

    /** The format wants the data covered by the tensors, without holes or overlaps. */
    private void checkLayout(MappedFile file) throws TensorFileException {
        var byPlace =
                tensors.values().stream()
                        .sorted(
                                Comparator.comparingLong(Entry::begin)
                                        .thenComparingLong(Entry::end))
                        .toList();
        long available = file.size() - dataStart;
        long end = 0;
        for (Entry entry : byPlace) {
            checkSize(file, entry);
            if (entry.end > available) {
                throw file.error(
                        entry.at,
                        "tensor %s ends at data byte %d, but the file has %d bytes of data"
                                .formatted(quoted(entry), entry.end, available));
            }
            if (entry.begin != end) {
                throw file.error(
                        entry.at,
                        "tensor %s begins at data byte %d, %s the one before ends at %d"
                                .formatted(
                                        quoted(entry),
                                        entry.begin,
                                        entry.begin < end ? "an overlap:" : "a gap:",
                                        end));
            }
            end = entry.end;
        }
        if (end != available) {
            throw file.error(
                    dataStart + end,
                    "the last tensor ends at data byte %d, but the file has %d bytes of data"
                            .formatted(end, available));
        }
    }

    /** Not of a type later than this code: that is refused when it is asked for. */
    private static void checkSize(MappedFile file, Entry entry) throws TensorFileException {
        var dtype = SafetensorsDtype.named(entry.dtype);
        if (dtype.isEmpty()) {
            return;
        }
        String what = "tensor %s of %s %s".formatted(quoted(entry), entry.dtype, entry.shape);
        try {
            long bits = FormatLimits.bits(entry.shape, dtype.get().bits());
            if (bits % Byte.SIZE != 0) {
                throw file.error(entry.at, what + " takes no whole number of bytes");
            }
            long bytes = bits / Byte.SIZE;
            if (bytes != entry.end - entry.begin) {
                throw file.error(
                        entry.at,
                        "%s takes %d bytes, but its offsets %d to %d hold %d"
                                .formatted(
                                        what,
                                        bytes,
                                        entry.begin,
                                        entry.end,
                                        entry.end - entry.begin));
            }
        } catch (ArithmeticException _) {
            throw file.error(entry.at, what + " exceeds 63 bits");
        }
    }

    private static String quoted(Entry entry) {
        return HostileText.quote(entry.name);
    }
}
