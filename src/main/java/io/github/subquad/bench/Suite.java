package io.github.subquad.bench;

import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.tensor.DataType;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Workloads that belong together, with the ways in which each is stored and cut.
 *
 * @param description in a line
 * @param entries at least one
 */
public record Suite(String description, List<Entry> entries) {
    /** The suites that come with the program; the first is measured where nothing is named. */
    public static final List<String> NAMES =
            List.of("quick", "diffusion", "llm", "scaling", "chunks", "precision", "gradients");

    private static final String SCHEMA = "workloads-1.schema.json";
    private static final Map<String, Suite> READ = new ConcurrentHashMap<>();

    /** Keeps the entries as they are now. */
    public Suite {
        entries = List.copyOf(entries);
    }

    /**
     * A workload and how it is stored and cut.
     *
     * @param workloads the same call for each storage type and pass
     * @param queryChunkSizes a row for each; null stands for the engine's own
     * @param kvChunkSizes a row for each with each of the former
     */
    public record Entry(
            List<Workload> workloads,
            List<@Nullable Integer> queryChunkSizes,
            List<@Nullable Integer> kvChunkSizes) {
        /**
         * A workload in chunks of the engine's own.
         *
         * @param workload to be measured
         * @return an entry
         */
        public static Entry of(Workload workload) {
            return new Entry(
                    List.of(workload),
                    Collections.singletonList(null),
                    Collections.singletonList(null));
        }

        /**
         * The same in other storage.
         *
         * @param types a row for each
         * @return an entry
         */
        public Entry stored(List<DataType> types) {
            return with(w -> types.stream().map(w::withDataType));
        }

        /**
         * The same, going as far as told.
         *
         * @param passes a row for each
         * @return the entry
         */
        public Entry passing(List<Pass> passes) {
            return with(w -> passes.stream().map(w::withPass));
        }

        private Entry with(Function<Workload, Stream<Workload>> variants) {
            return new Entry(
                    workloads.stream().flatMap(variants).distinct().toList(),
                    queryChunkSizes,
                    kvChunkSizes);
        }

        /**
         * All rows of this entry with one setting.
         *
         * @param setting whose chunk sizes count where this entry has none, and whose checkpoint
         *     counts where there is a backward pass
         * @return cases
         */
        public List<Case> cases(Setting setting) {
            List<Case> cases = new ArrayList<>();
            for (Workload workload : workloads) {
                Setting own =
                        workload.pass() == Pass.FORWARD ? setting.withCheckpoint(true) : setting;
                for (Integer queryChunkSize : queryChunkSizes) {
                    for (Integer kvChunkSize : kvChunkSizes) {
                        cases.add(
                                new Case(
                                        workload,
                                        own.inChunks(
                                                queryChunkSize == null
                                                        ? own.queryChunkSize()
                                                        : queryChunkSize,
                                                kvChunkSize == null
                                                        ? own.kvChunkSize()
                                                        : kvChunkSize)));
                    }
                }
            }
            return cases;
        }
    }

    /** The file as it is written. */
    private record Contents(@Nullable String description, List<Line> workloads) {}

    private record Line(
            String name,
            long queryHeads,
            @Nullable Long keyHeads,
            long queryTokens,
            long keyTokens,
            long channels,
            @Nullable Long valueChannels,
            @Nullable Causal causal,
            @Nullable List<DataType> dtypes,
            @Nullable List<Pass> passes,
            @Nullable List<Integer> queryChunkSizes,
            @Nullable List<Integer> kvChunkSizes) {
        Entry entry() {
            var shape =
                    new AttentionShape(
                            queryHeads,
                            keyHeads == null ? queryHeads : keyHeads,
                            queryTokens,
                            keyTokens,
                            channels,
                            valueChannels == null ? channels : valueChannels);
            var workload =
                    new Workload(
                            name,
                            shape,
                            causal == null ? Causal.NONE : causal,
                            DataType.F32,
                            Pass.FORWARD);
            return new Entry(
                    Entry.of(workload)
                            .stored(dtypes == null ? List.of(DataType.F32) : dtypes)
                            .passing(passes == null ? List.of(Pass.FORWARD) : passes)
                            .workloads(),
                    orNone(queryChunkSizes),
                    orNone(kvChunkSizes));
        }

        private static List<@Nullable Integer> orNone(@Nullable List<Integer> sizes) {
            return sizes == null ? Collections.singletonList(null) : List.copyOf(sizes);
        }
    }

    /**
     * A suite of the program.
     *
     * @param name one of {@link #NAMES}
     * @return the suite
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Suite named(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "suite: expected one of %s, got '%s'"
                            .formatted(String.join(", ", NAMES), name));
        }
        return READ.computeIfAbsent(
                name,
                _ -> of(Json.readResource("suites/" + name + ".yaml", SCHEMA, Contents.class)));
    }

    /**
     * A suite of the user's own.
     *
     * @param file in YAML or JSON; {@code bench/schema/workloads-1.schema.json} describes it
     * @return the suite
     * @throws ResultFileException if the file cannot be read or is something else
     */
    public static Suite read(Path file) throws ResultFileException {
        Contents contents = Json.read(file, SCHEMA, Contents.class);
        try {
            return of(contents);
        } catch (IllegalArgumentException e) {
            throw new ResultFileException(file, String.valueOf(e.getMessage()));
        }
    }

    private static Suite of(Contents contents) {
        return new Suite(
                contents.description == null ? "" : contents.description,
                contents.workloads.stream().map(Line::entry).toList());
    }

    /**
     * A workload of any suite.
     *
     * @param name its name
     * @return the workload in float32, in chunks of the engine's own
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Workload workload(String name) {
        return find(name)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "workload: expected one that 'subquad bench --list' shows,"
                                                + " got '%s'".formatted(name)));
    }

    static Optional<Workload> find(String name) {
        return NAMES.stream()
                .flatMap(suite -> named(suite).entries.stream())
                .map(entry -> entry.workloads.getFirst())
                .filter(workload -> workload.name().equals(name))
                .findFirst();
    }
}
