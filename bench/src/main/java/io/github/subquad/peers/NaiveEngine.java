package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.MemoryBudget;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * Tensors as arrays of float32, copied before and after; between, the queries of some heads at once
 * are dealt out to the threads.
 */
final class NaiveEngine extends PeerEngine {
    private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8L;

    /** Of a thread, where there are enough: for fewer, the threads would wait for each other. */
    private static final long LEAST_ROWS = 64;

    private final ExecutorService threads;
    private long peakBytes;

    NaiveEngine(Device device, AttentionOptions options) {
        super(device, options, new Refusals("plain Java"));
        refusals().check(options, Kernel.STAGED);
        refusals().checkNoChunks(options);
        threads =
                Executors.newFixedThreadPool(
                        options.threadCount(),
                        Thread.ofPlatform().daemon().name("naive-", 0).factory());
    }

    @Override
    ChunkPlan planChecked(AttentionShape s) {
        longest("query", s.queryTokens(), s.channels());
        longest("key", s.keyTokens(), s.channels());
        longest("value", s.keyTokens(), s.valueChannels());
        longest("output", s.queryTokens(), s.valueChannels());
        long scores = 4 * headsAtOnce(s) * s.queryTokens() * s.keyTokens();
        long rows = s.queryHeads() * s.queryTokens() + s.keyHeads() * s.keyTokens();
        long tensors = 4 * rows * (s.channels() + s.valueChannels());
        var plan =
                whole(
                        s,
                        Kernel.STAGED,
                        List.of(
                                new ChunkPlan.Buffer("scores of heads at work", 1, scores),
                                new ChunkPlan.Buffer("tensors as arrays", 1, tensors)));
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

    /** As many as give every thread some rows: one of many queries, or all of a decode step. */
    private long headsAtOnce(AttentionShape s) {
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
    synchronized void compute(AttentionInputs in, Tensor output, ChunkPlan plan) {
        AttentionShape s = plan.shape();
        peakBytes = Math.max(peakBytes, plan.extraBytes());
        long start = System.nanoTime();
        List<float[]> queries = arrays(in.query());
        List<float[]> keys = arrays(in.key());
        List<float[]> values = arrays(in.value());
        Tensor mask = in.mask();
        long copied = System.nanoTime();
        List<NaiveHead> heads = new ArrayList<>();
        float[][][] scores =
                new float[(int) headsAtOnce(s)][(int) s.queryTokens()][(int) s.keyTokens()];
        for (int h = 0; h < queries.size(); h++) {
            int keyHead = (int) (h / s.groupSize());
            heads.add(
                    new NaiveHead(
                            queries.get(h),
                            keys.get(keyHead),
                            values.get(keyHead),
                            mask == null ? null : head(mask, h),
                            scores[h % scores.length],
                            new float[(int) (s.queryTokens() * s.valueChannels())],
                            (float) in.scale(),
                            Math.min(in.diagonal(), s.keyTokens())));
        }
        for (int h = 0; h < heads.size(); h += scores.length) {
            attend(heads.subList(h, Math.min(h + scores.length, heads.size())), plan.threads());
        }
        long computed = System.nanoTime();
        for (int h = 0; h < heads.size(); h++) {
            Tensor to = head(output, h);
            var result = MemorySegment.ofArray(heads.get(h).output());
            to.copyFrom(Tensor.wrap(result, DataType.F32, to.shape()));
        }
        report(computed - copied, copied - start + System.nanoTime() - computed);
    }

    /** Each head, once, in row-major order. */
    private static List<float[]> arrays(Tensor tensor) {
        long heads = tensor.size(0) * tensor.size(1);
        return LongStream.range(0, heads).mapToObj(h -> head(tensor, h).toFloatArray()).toList();
    }

    /** {@code [tokens, channels]} of one head of all in the batch. */
    private static Tensor head(Tensor tensor, long head) {
        long batch = head / tensor.size(1);
        Tensor one = tensor.narrow(0, batch, 1).narrow(1, head % tensor.size(1), 1);
        return Tensor.wrap(
                one.segment(),
                one.byteOffset(),
                one.dataType(),
                new long[] {one.size(2), one.size(3)},
                new long[] {one.stride(2), one.stride(3)});
    }

    /** Deals out the queries of all these heads, one after the other. */
    private void attend(List<NaiveHead> heads, int count) {
        long queries = heads.getFirst().queries();
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int slot = 0; slot < count; slot++) {
            int first = slot;
            tasks.add(
                    () -> {
                        for (long row = first; row < heads.size() * queries; row += count) {
                            heads.get((int) (row / queries)).attend((int) (row % queries));
                        }
                        return null;
                    });
        }
        try {
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var cancelled = new CancellationException("attention was interrupted");
            cancelled.initCause(e);
            throw cancelled;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a thread failed", e.getCause());
        }
    }

    @Override
    public synchronized long peakBytes() {
        return peakBytes;
    }

    @Override
    public void close() {
        super.close();
        threads.shutdownNow();
    }
}
