package io.github.subquad.tornado;

import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.BackendException;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Kernel;
import io.github.subquad.MemoryBudget;
import io.github.subquad.Merge;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Cuts calls so that they fit the device, the budget and 32-bit indices. */
final class DevicePlanner {
    /** Query rows of a launch in the staged form, as the original has them. */
    private static final long STAGED_QUERIES = AttentionOptions.DEFAULT_QUERY_CHUNK_SIZE;

    /**
     * Keys of a staged chunk: each costs a launch of every kernel, some 0.1 ms apiece. The same for
     * every number of heads, so that a row's bits do not depend on them.
     */
    private static final long STAGED_KEYS = 1024;

    /**
     * Bytes of a staged chunk's scores: they are written and read again by the next kernel, so they
     * should stay in the device's cache, not fill what memory is free. Fewer heads see to that.
     */
    private static final long SCORE_BYTES = 32L << 20;

    /** A launch has no more rows of a head, so that progress is told and cancelling is heard. */
    private static final long FUSED_QUERIES = 16_384;

    /** Kernels count in 32 bits; a tile may look beyond the last row. */
    private static final long MOST_NUMBERS = Integer.MAX_VALUE - (1 << 20);

    /** Of the device's memory: the driver and other programs want some too. */
    private static final double SHARE = 0.9;

    private final DeviceTraits device;
    private final AttentionOptions options;

    DevicePlanner(DeviceTraits device, AttentionOptions options) {
        this.device = device;
        this.options = options;
    }

    /**
     * The largest layout that fits.
     *
     * @throws IllegalArgumentException if the budget is too small; says the least
     * @throws BackendException if the device is too small
     */
    Layout layout(AttentionShape shape, KernelStep step, Merge merge) {
        return largestFitting(largest(shape, step, merge));
    }

    /** The largest layout of a backward pass that fits, as {@link #layout}. */
    Layout gradients(AttentionShape shape) {
        return largestFitting(largest(shape, KernelStep.TILED, Merge.DEVICE).of(Pass.BACKWARD));
    }

    /**
     * The largest layout of a backward pass that takes kept weights.
     *
     * @param alone of one that takes none
     * @return null if there is no room for it
     */
    @Nullable Layout gradientsOfKept(Layout alone) {
        MemoryBudget budget = options.memoryBudget();
        long most = budget == null ? Long.MAX_VALUE : budget.bytes();
        Layout next = alone.of(Pass.BACKWARD_OF_KEPT);
        while (next != null && (!fits(next) || plan(next).extraBytes() > most)) {
            next = smaller(next);
        }
        return next;
    }

    private Layout largestFitting(Layout largest) {
        List<Layout> fitting = new ArrayList<>();
        Layout smallest = largest;
        for (Layout next = largest; next != null; next = smaller(next)) {
            smallest = next;
            if (fits(next)) {
                if (options.memoryBudget() == null) {
                    return next;
                }
                fitting.add(next);
            }
        }
        if (fitting.isEmpty()) {
            throw new BackendException(
                    device.address(),
                    "this shape needs at least %s on the device, which has %s, %s in one buffer"
                            .formatted(
                                    MemoryBudget.format(smallest.capacity(true).deviceBytes()),
                                    MemoryBudget.format(memory()),
                                    MemoryBudget.format(device.largestBuffer())),
                    "take another device, or more memory by -Dtornado.device.memory");
        }
        List<ChunkPlan> plans = fitting.stream().map(this::plan).toList();
        return fitting.get(plans.indexOf(ChunkPlan.firstWithin(options, plans)));
    }

    ChunkPlan plan(Layout layout) {
        return layout.plan(options.threadCount());
    }

    /** The next smaller layout, null if there is none. */
    @Nullable Layout smaller(Layout layout) {
        return layout.smaller(leastKeys());
    }

    /** Bytes that programs at rest and one at work may hold together, on device and host. */
    long cacheBytes() {
        MemoryBudget budget = options.memoryBudget();
        return budget == null ? 2 * memory() : budget.bytes();
    }

    /** What memory must not push a chunk below; sizes that are given have no least. */
    private long leastKeys() {
        Integer least = options.kvChunkSizeMin();
        return least == null || options.kvChunkSize() != null ? 1 : least;
    }

    private long memory() {
        return (long) (SHARE * DeviceCatalog.memoryLimit(device));
    }

    private boolean fits(Layout layout) {
        Capacity capacity = layout.capacity(true);
        long largest = capacity.largestArray();
        return capacity.deviceBytes() <= memory()
                && largest <= MOST_NUMBERS
                && Float.BYTES * largest < device.largestBuffer()
                && capacity.heads() <= TaskPlan.MOST_GROUPS;
    }

    /** Sizes given are upper bounds. */
    private Layout largest(AttentionShape shape, KernelStep step, Merge merge) {
        boolean staged = step.kernel() == Kernel.STAGED;
        long heads = Math.max(1, shape.keyHeads());
        long keys = Math.max(1, shape.keyTokens());
        if (!staged) {
            long slab = atMost(keys, options.kvChunkSize(), keys);
            long queries = atMost(shape.queryTokens(), options.queryChunkSize(), FUSED_QUERIES);
            return new Layout(shape, step, Merge.DEVICE, Pass.FORWARD, heads, queries, slab, slab);
        }
        long queries = atMost(shape.queryTokens(), options.queryChunkSize(), STAGED_QUERIES);
        if (merge == Merge.HOST) {
            long root = Math.max(leastKeys(), (long) Math.sqrt(keys));
            long chunk = atMost(keys, options.kvChunkSize(), root);
            return new Layout(shape, step, Merge.HOST, Pass.FORWARD, heads, queries, chunk, chunk);
        }
        long chunk = atMost(keys, options.kvChunkSize(), Math.max(STAGED_KEYS, leastKeys()));
        long ofAHead = Float.BYTES * Math.max(1, shape.groupSize()) * queries * chunk;
        long cached = Math.clamp(SCORE_BYTES / ofAHead, 1, heads);
        return new Layout(shape, step, Merge.DEVICE, Pass.FORWARD, cached, queries, keys, chunk);
    }

    private static long atMost(long tokens, @Nullable Integer given, long own) {
        return Math.clamp(given == null ? own : given, 1, Math.max(1, tokens));
    }
}
