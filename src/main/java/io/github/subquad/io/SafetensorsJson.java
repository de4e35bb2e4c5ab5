package io.github.subquad.io;

import io.github.subquad.io.SafetensorsHeader.Entry;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;

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
                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION) // always UTF-8
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(4) // one more than the format has
                                    .maxNumberLength(20)
                                    .maxStringLength((int) SafetensorsHeader.LONGEST)
                                    .build())
                    .build();

    private final MappedFile file;
    private final JsonParser json;
    private @Nullable Map<String, String> metadata;
    private final LinkedHashMap<String, Entry> tensors = new LinkedHashMap<>();

    private SafetensorsJson(MappedFile file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    static SafetensorsHeader parse(MappedFile file, byte[] bytes) throws TensorFileException {
        if (bytes.length == 0 || bytes[0] != '{') {
            throw file.error(SafetensorsHeader.PREFIX, "the header does not begin with '{'");
        }
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
            var header = new SafetensorsJson(file, json);
            header.all();
            return new SafetensorsHeader(
                    header.metadata == null ? Map.of() : header.metadata,
                    Collections.unmodifiableSequencedMap(header.tensors),
                    SafetensorsHeader.PREFIX + bytes.length);
        } catch (JacksonException e) {
            var reason = HostileText.printable(e.getOriginalMessage(), 200);
            long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
            throw new TensorFileException(
                    file.path(),
                    SafetensorsHeader.PREFIX + at,
                    "the header is not valid JSON: " + reason,
                    e);
        }
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
            throw error("%s: data_offsets: expected [begin, end], got %s".formatted(what, offsets));
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
        return SafetensorsHeader.PREFIX + json.currentTokenLocation().getByteOffset();
    }

    private TensorFileException error(String reason) {
        return file.error(offset(), reason);
    }
}
