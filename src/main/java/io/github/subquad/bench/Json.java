package io.github.subquad.bench;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import io.github.subquad.Causal;
import io.github.subquad.Kernel;
import io.github.subquad.Merge;
import io.github.subquad.tensor.DataType;

import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.EnumNaming;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Records to and from JSON and YAML: names in snake case, constants in lower case with hyphens.
 * What is read is data from anywhere: it is held against its schema before a record is made of it.
 */
public final class Json {
    private static final int MOST_COMPLAINTS = 3;

    static final JsonMapper MAPPER = configured(JsonMapper.builder()).build();
    private static final YAMLMapper YAML = configured(YAMLMapper.builder()).build();

    private Json() {}

    @EnumNaming(EnumNamingStrategies.KebabCaseStrategy.class)
    private interface Words {}

    private static <M extends ObjectMapper, B extends MapperBuilder<M, B>> B configured(B builder) {
        for (Class<?> constants :
                List.of(
                        Causal.class,
                        DataType.class,
                        Kernel.class,
                        Merge.class,
                        Pass.class,
                        Judgement.Part.class,
                        Protocol.Cache.class)) {
            builder.addMixIn(constants, Words.class);
        }
        return builder.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY);
    }

    /**
     * Reads a file.
     *
     * @param <T> what it describes
     * @param file in JSON, or in YAML, of which JSON is a part
     * @param schema name of its schema
     * @param type a record
     * @return the record
     * @throws ResultFileException if the file cannot be read or is something else
     */
    static <T> T read(Path file, String schema, Class<T> type) throws ResultFileException {
        try {
            boolean yaml = !file.toString().endsWith(".json");
            return convert((yaml ? YAML : MAPPER).readTree(file.toFile()), schema, type);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new ResultFileException(file, brief(e));
        }
    }

    /** Reads a resource of our own. */
    static <T> T readResource(String name, String schema, Class<T> type) {
        try (InputStream in = Json.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return convert(YAML.readTree(in), schema, type);
        } catch (IOException e) {
            throw new IllegalStateException(name, e);
        }
    }

    private static <T> T convert(JsonNode tree, String schema, Class<T> type) {
        List<Error> complaints = schema(schema).validate(tree);
        if (!complaints.isEmpty()) {
            throw new IllegalArgumentException(
                    String.join(
                            "; ",
                            complaints.stream()
                                    .limit(MOST_COMPLAINTS)
                                    .map(Json::complaint)
                                    .toList()));
        }
        return MAPPER.treeToValue(tree, type);
    }

    /** With the place in the document, unless it is the whole. */
    private static String complaint(Error error) {
        String place = error.getInstanceLocation().toString();
        return (place.isEmpty() ? "" : place + ": ") + error.getMessage();
    }

    /**
     * A record as a document.
     *
     * @param value a record
     * @return JSON in ASCII, so that no terminal obeys what is in it; ends with a line break
     */
    public static String write(Object value) {
        return MAPPER.writerWithDefaultPrettyPrinter()
                        .with(JsonWriteFeature.ESCAPE_NON_ASCII)
                        .writeValueAsString(value)
                + "\n";
    }

    static Schema schema(String name) {
        try (InputStream in = Json.class.getResourceAsStream("schema/" + name)) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(MAPPER.readTree(in));
        } catch (IOException e) {
            throw new IllegalStateException(name, e);
        }
    }

    /** In one line, without the source text that Jackson quotes. */
    private static String brief(RuntimeException e) {
        String text =
                e instanceof JacksonException json
                        ? json.getOriginalMessage()
                        : String.valueOf(e.getMessage());
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
