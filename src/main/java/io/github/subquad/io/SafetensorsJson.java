package io.github.subquad.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.subquad.io.SafetensorsHeader.Entry;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parses the JSON of a safetensors header token by token. It takes what the format names and
 * nothing else: a field it does not know could mean that the data are not what they seem.
 */
final class SafetensorsJson {
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    // A table of names pays off for names that recur, and these hardly do.
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(4) // one more than the format has
                                    .maxStringLength((int) SafetensorsHeader.LONGEST)
                                    .build())
                    .build();

    private final MappedFile file;
    private final byte[] bytes;
    private final JsonParser json;
    private @Nullable Map<String, String> metadata;
    private final LinkedHashMap<String, Entry> tensors = new LinkedHashMap<>();

    /** The parser counts characters; this many of them are known to take that many bytes. */
    private long charsCounted;

    private int bytesCounted;

    private SafetensorsJson(MappedFile file, byte[] bytes, JsonParser json) {
        this.file = file;
        this.bytes = bytes;
        this.json = json;
    }

    static SafetensorsHeader parse(MappedFile file, byte[] bytes) throws TensorFileException {
        if (bytes.length == 0 || bytes[0] != '{') {
            throw file.error(SafetensorsHeader.PREFIX, "the header does not begin with '{'");
        }
        // Of its own, the parser would guess at an encoding and let some broken UTF-8 pass.
        var text = new InputStreamReader(new ByteArrayInputStream(bytes), UTF_8.newDecoder());
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            return new SafetensorsJson(file, bytes, json).header();
        }
    }

    private SafetensorsHeader header() throws TensorFileException {
        try {
            all();
        } catch (JacksonException e) {
            String reason =
                    switch (e) {
                        case JacksonIOException _ -> "the header is not UTF-8";
                        case StreamConstraintsException _ ->
                                "a name or number in the header is longer than any should be";
                        default -> invalid(byteOf(e.getLocation()));
                    };
            long offset = (long) SafetensorsHeader.PREFIX + byteOf(e.getLocation());
            throw new TensorFileException(file.path(), offset, reason, e);
        }
        return new SafetensorsHeader(
                metadata == null ? Map.of() : metadata,
                Collections.unmodifiableSequencedMap(tensors),
                SafetensorsHeader.PREFIX + bytes.length);
    }

    private String invalid(int at) {
        if (at == bytes.length) {
            return "the header ends before its JSON does";
        }
        int from = Math.max(0, at - 10);
        int to = Math.min(bytes.length, at + 10);
        return "the header is no valid JSON near "
                + HostileText.quote(new String(bytes, from, to - from, ISO_8859_1));
    }

    private void all() throws TensorFileException {
        json.nextToken();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals(SafetensorsHeader.METADATA)) {
                once(metadata, "'__metadata__'");
                metadata = metadata();
            } else {
                tensor(name);
            }
        }
        if (json.nextToken() != null) {
            throw error("expected nothing but spaces after the header, got " + token());
        }
    }

    private Map<String, String> metadata() throws TensorFileException {
        expect(JsonToken.START_OBJECT, "'__metadata__'", "an object");
        var entries = new LinkedHashMap<String, String>();
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            String what = "'__metadata__': " + HostileText.quote(key);
            once(entries.get(key), what);
            entries.put(key, string(what));
        }
        return Collections.unmodifiableMap(entries);
    }

    private void tensor(String name) throws TensorFileException {
        String what = "tensor " + HostileText.quote(name);
        long at = offset();
        once(tensors.get(name), what);
        expect(JsonToken.START_OBJECT, what, "an object");
        @Nullable String dtype = null;
        @Nullable List<Long> shape = null;
        @Nullable List<Long> offsets = null;
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            String field = what + ": " + HostileText.quote(key);
            switch (key) {
                case "dtype" -> {
                    once(dtype, field);
                    dtype = string(field);
                }
                case "shape" -> {
                    once(shape, field);
                    shape = sizes(field, FormatLimits.MAX_RANK);
                }
                case "data_offsets" -> {
                    once(offsets, field);
                    offsets = sizes(field, 2);
                }
                default -> throw error(field + " is no field that the format knows");
            }
        }
        if (dtype == null || shape == null || offsets == null) {
            throw error(what + ": expected 'dtype', 'shape' and 'data_offsets'");
        }
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw error(
                    "%s: 'data_offsets': expected [begin, end], got %s".formatted(what, offsets));
        }
        tensors.put(name, new Entry(name, at, dtype, shape, offsets.get(0), offsets.get(1)));
    }

    private void once(@Nullable Object before, String what) throws TensorFileException {
        if (before != null) {
            throw error(what + " is there twice");
        }
    }

    private String string(String what) throws TensorFileException {
        expect(JsonToken.VALUE_STRING, what, "a string");
        return json.getString();
    }

    private List<Long> sizes(String what, int most) throws TensorFileException {
        expect(JsonToken.START_ARRAY, what, "an array");
        var sizes = new ArrayList<Long>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            sizes.add(size(what));
            if (sizes.size() > most) {
                throw error("%s: expected at most %d numbers".formatted(what, most));
            }
        }
        return List.copyOf(sizes);
    }

    private long size(String what) throws TensorFileException {
        String expected = "whole numbers from 0 to 2^63 - 1";
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw error("%s: expected %s, got %s".formatted(what, expected, token()));
        }
        try {
            long size = json.getLongValue();
            if (size >= 0) {
                return size;
            }
        } catch (InputCoercionException _) {
            // told below
        }
        throw error("%s: expected %s, got %s".formatted(what, expected, json.getString()));
    }

    private void expect(JsonToken expected, String what, String inWords)
            throws TensorFileException {
        if (json.nextToken() != expected) {
            throw error("%s: expected %s, got %s".formatted(what, inWords, token()));
        }
    }

    private String token() {
        return switch (json.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    "the number " + HostileText.printable(json.getString(), 30);
            case VALUE_TRUE -> "true";
            case VALUE_FALSE -> "false";
            case VALUE_NULL -> "null";
            case null -> "the end";
            default -> json.currentToken().toString();
        };
    }

    private long offset() {
        return (long) SafetensorsHeader.PREFIX + byteOf(json.currentTokenLocation());
    }

    /** The byte of the header at which a place lies; places are asked for from first to last. */
    private int byteOf(@Nullable TokenStreamLocation place) {
        long chars = place == null ? charsCounted : place.getCharOffset();
        while (charsCounted < chars && bytesCounted < bytes.length) {
            int first = bytes[bytesCounted] & 0xFF;
            int length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
            bytesCounted = Math.min(bytes.length, bytesCounted + length);
            charsCounted += length == 4 ? 2 : 1;
        }
        return bytesCounted;
    }

    private TensorFileException error(String reason) {
        return file.error(offset(), reason);
    }
}
