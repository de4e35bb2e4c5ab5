package io.github.subquad;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a call will be cut and what memory it will take, made before anything runs.
 *
 * @param shape sizes of the call
 * @param kernel form of evaluation, {@code STAGED} or {@code FUSED}
 * @param queryChunkSize query rows of a chunk, at least 1
 * @param kvChunkSize keys of a chunk, at least 1
 * @param kvSplitSize keys whose partial states are kept apart until they are merged: all keys, but
 *     for few queries over many keys
 * @param threads host threads at work
 * @param buffers every buffer beyond inputs and outputs
 */
public record ChunkPlan(
        AttentionShape shape,
        Kernel kernel,
        long queryChunkSize,
        long kvChunkSize,
        long kvSplitSize,
        int threads,
        List<Buffer> buffers) {
    /**
     * Some equal buffers for one purpose.
     *
     * @param purpose what for, in a few words
     * @param count how many
     * @param bytes of each
     * @param onDevice whether they lie in a device's own memory
     */
    public record Buffer(String purpose, long count, long bytes, boolean onDevice) {
        /**
         * Buffers in the host's memory.
         *
         * @param purpose as above
         * @param count as above
         * @param bytes as above
         */
        public Buffer(String purpose, long count, long bytes) {
            this(purpose, count, bytes, false);
        }

        /**
         * All of them.
         *
         * @return count × bytes
         */
        public long totalBytes() {
            return count * bytes;
        }
    }

    /** Keeps the buffers as they are now. */
    public ChunkPlan {
        buffers = List.copyOf(buffers);
    }

    /**
     * The first candidate within a budget, from which inputs that the options round take their part
     * before.
     *
     * @param options whose {@code memoryBudget} and {@code precision} count
     * @param candidates from the best to the smallest, at least one
     * @return the first that fits; the best if there is no budget
     * @throws IllegalArgumentException if none fits; its message names the least budget
     */
    public static ChunkPlan firstWithin(AttentionOptions options, List<ChunkPlan> candidates) {
        MemoryBudget budget = options.memoryBudget();
        if (budget == null) {
            return candidates.getFirst();
        }
        AttentionShape shape = candidates.getFirst().shape();
        long rounded = Inputs.roundedBytes(shape, options.precision());
        return candidates.stream()
                .filter(plan -> plan.extraBytes() + rounded <= budget.bytes())
                .findFirst()
                .orElseThrow(() -> tooSmall(budget, candidates, rounded));
    }

    private static IllegalArgumentException tooSmall(
            MemoryBudget budget, List<ChunkPlan> candidates, long rounded) {
        long least =
                rounded + candidates.stream().mapToLong(ChunkPlan::extraBytes).min().orElseThrow();
        return new IllegalArgumentException(
                "memoryBudget: this shape needs at least %d bytes (%s), got %d"
                        .formatted(least, MemoryBudget.format(least), budget.bytes()));
    }

    /**
     * The same with further buffers.
     *
     * @param further beyond those there are
     * @return a new plan
     */
    public ChunkPlan with(List<Buffer> further) {
        List<Buffer> all = new ArrayList<>(buffers);
        all.addAll(further);
        return new ChunkPlan(shape, kernel, queryChunkSize, kvChunkSize, kvSplitSize, threads, all);
    }

    /**
     * Bytes beyond inputs and outputs.
     *
     * @return sum of all buffers
     */
    public long extraBytes() {
        return buffers.stream().mapToLong(Buffer::totalBytes).sum();
    }

    /**
     * Those of {@link #extraBytes} that lie in a device's own memory.
     *
     * @return sum of these buffers
     */
    public long deviceBytes() {
        return buffers.stream().filter(Buffer::onDevice).mapToLong(Buffer::totalBytes).sum();
    }

    /**
     * Bytes of the float32 output.
     *
     * @return bytes
     */
    public long outputBytes() {
        return 4 * shape.queryHeads() * shape.queryTokens() * shape.valueChannels();
    }

    /**
     * The number of query chunks of a head.
     *
     * @return ⌈query tokens / query chunk size⌉
     */
    public long queryChunks() {
        return Math.ceilDiv(shape.queryTokens(), queryChunkSize);
    }

    /**
     * The number of key and value chunks of a head.
     *
     * @return ⌈key tokens / key chunk size⌉
     */
    public long kvChunks() {
        return Math.ceilDiv(shape.keyTokens(), kvChunkSize);
    }

    /**
     * The plan for a person: sizes, counts and bytes by purpose, beside a naive evaluation.
     *
     * @return some lines of text, the last without a line break
     */
    public String explain() {
        String sizes =
                """
                shape     %d query heads over %d key heads, %d queries, %d keys, %d channels, %d value channels
                form      %s, %d threads
                queries   %d chunks of %d
                keys      %d chunks of %d%s
                """
                        .formatted(
                                shape.queryHeads(),
                                shape.keyHeads(),
                                shape.queryTokens(),
                                shape.keyTokens(),
                                shape.channels(),
                                shape.valueChannels(),
                                kernel.name().toLowerCase(Locale.ROOT),
                                threads,
                                queryChunks(),
                                queryChunkSize,
                                kvChunks(),
                                kvChunkSize,
                                kvSplitSize < shape.keyTokens()
                                        ? ", split every %d".formatted(kvSplitSize)
                                        : "");
        String rows =
                buffers.stream()
                        .map(b -> row(b.purpose(), b.count(), b.bytes(), b.totalBytes()))
                        .collect(Collectors.joining());
        return sizes
                + "\n"
                + rows
                + total("extra memory", extraBytes())
                + total("output (float32)", outputBytes())
                + total("a naive evaluation's scores", shape.scoreMatrixBytes()).stripTrailing();
    }

    private static String row(String purpose, long count, long each, long total) {
        return String.format(
                Locale.ROOT, "%-36s %6d × %,18d = %,24d bytes%n", purpose, count, each, total);
    }

    private static String total(String what, long bytes) {
        return String.format(
                Locale.ROOT, "%-36s %,54d bytes (%s)%n", what, bytes, MemoryBudget.format(bytes));
    }
}
