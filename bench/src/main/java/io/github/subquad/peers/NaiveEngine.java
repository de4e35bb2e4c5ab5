package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.GradientEngine;
import io.github.subquad.Kernel;
import io.github.subquad.MemoryBudget;
import io.github.subquad.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Tensors as arrays of float32, copied before and after; between, the queries of some heads at once
 * are dealt out to the threads.
 */
final class NaiveEngine extends PeerEngine {
    private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8L;

    /** Of a thread, where there are enough: for fewer, the threads would wait for each other. */
    private static final long LEAST_ROWS = 64;

    private final NaiveThreads threads;
    private long peakBytes;

    NaiveEngine(Device device, AttentionOptions options) {
        super(device, options, new Refusals("plain Java"));
        refusals().check(options, Kernel.STAGED);
        refusals().checkNoChunks(options);
        threads = new NaiveThreads(options.threadCount());
    }

    NaiveThreads threads() {
        return threads;
    }

    @Override
    ChunkPlan planChecked(AttentionShape s) {
        return fitting(
                s,
                new ChunkPlan.Buffer("scores of heads at work", 1, headsAtOnce(s) * scores(s)),
                new ChunkPlan.Buffer("tensors as arrays", 1, tensors(s)));
    }

    /**
     * A plan that fits the Java heap.
     *
     * @param s shape of the call
     * @param buffers what it takes
     * @return the plan
     * @throws IllegalArgumentException if a head fits no array, or all of it not the heap
     */
    ChunkPlan fitting(AttentionShape s, ChunkPlan.Buffer... buffers) {
        longest("query", s.queryTokens(), s.channels());
        longest("key", s.keyTokens(), s.channels());
        longest("value", s.keyTokens(), s.valueChannels());
        longest("output", s.queryTokens(), s.valueChannels());
        ChunkPlan plan = whole(s, Kernel.STAGED, List.of(buffers));
        long heap = Runtime.getRuntime().maxMemory();
        if (plan.extraBytes() > heap) {
            throw new IllegalArgumentException(
                    "query tokens: scores and tensors take %s, and the Java heap is at most %s"
                            .formatted(
                                    MemoryBudget.format(plan.extraBytes()),
                                    MemoryBudget.format(heap)));
        }
        return plan;
    }

    /** Bytes of the scores of a head. */
    static long scores(AttentionShape s) {
        return 4 * s.queryTokens() * s.keyTokens();
    }

    /** Bytes of query, key, value and output. */
    static long tensors(AttentionShape s) {
        long rows = s.queryHeads() * s.queryTokens() + s.keyHeads() * s.keyTokens();
        return 4 * rows * (s.channels() + s.valueChannels());
    }

    /** As many as give every thread some rows: one of many queries, or all of a decode step. */
    long headsAtOnce(AttentionShape s) {
        long rows = LEAST_ROWS * options().threadCount();
        long heads = Math.ceilDiv(rows, Math.max(1, s.queryTokens()));
        return Math.clamp(heads, 1, Math.max(1, s.queryHeads()));
    }

    private static void longest(String name, long tokens, long channels) {
        if (tokens * channels > LONGEST_ARRAY) {
            throw new IllegalArgumentException(
                    "%s: expected heads that fit a Java array, got %d x %d"
                            .formatted(name, tokens, channels));
        }
    }

    @Override
    void compute(AttentionInputs in, Tensor output, ChunkPlan plan) {
        attend(in, output, plan, headsAtOnce(plan.shape()));
    }

    /**
     * Attends all queries to all keys.
     *
     * @param in what to attend
     * @param output for the result
     * @param plan of the call
     * @param matrices of scores, which heads take turns to use
     * @return the heads; as many of them as there are matrices, the last, still have their weights
     */
    synchronized List<NaiveHead> attend(
            AttentionInputs in, Tensor output, ChunkPlan plan, long matrices) {
        AttentionShape s = plan.shape();
        holds(plan);
        long start = System.nanoTime();
        List<float[]> queries = HeadArrays.of(in.query());
        List<float[]> keys = HeadArrays.of(in.key());
        List<float[]> values = HeadArrays.of(in.value());
        Tensor mask = in.mask();
        long copied = System.nanoTime();
        List<NaiveHead> heads = new ArrayList<>();
        float[][][] scores = new float[(int) matrices][(int) s.queryTokens()][(int) s.keyTokens()];
        for (int h = 0; h < queries.size(); h++) {
            int keyHead = (int) (h / s.groupSize());
            heads.add(
                    new NaiveHead(
                            queries.get(h),
                            keys.get(keyHead),
                            values.get(keyHead),
                            mask == null ? null : HeadArrays.head(mask, h),
                            scores[h % scores.length],
                            new float[(int) (s.queryTokens() * s.valueChannels())],
                            (float) in.scale(),
                            Math.min(in.diagonal(), s.keyTokens())));
        }
        long tokens = s.queryTokens();
        for (int h = 0; h < heads.size(); h += scores.length) {
            List<NaiveHead> some = heads.subList(h, Math.min(h + scores.length, heads.size()));
            threads.deal(
                    some.size() * tokens,
                    plan.threads(),
                    row -> some.get((int) (row / tokens)).attend((int) (row % tokens)));
        }
        long computed = System.nanoTime();
        HeadArrays.store(heads.stream().map(NaiveHead::output).toList(), output);
        report(computed - copied, copied - start + System.nanoTime() - computed);
        return heads;
    }

    /** A call by this plan is under way. */
    synchronized void holds(ChunkPlan plan) {
        peakBytes = Math.max(peakBytes, plan.extraBytes());
    }

    @Override
    public GradientEngine gradients() {
        return new NaiveGradients(this);
    }

    @Override
    public synchronized long peakBytes() {
        return peakBytes;
    }

    @Override
    public void close() {
        super.close();
        threads.close();
    }
}
