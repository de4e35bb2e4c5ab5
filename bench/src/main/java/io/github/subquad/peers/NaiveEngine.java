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

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Head by head, each as arrays of float32; the queries of a head are dealt out to the threads. */
final class NaiveEngine extends PeerEngine {
    private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8L;

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
        var scores =
                new ChunkPlan.Buffer("scores of a head", 1, 4 * s.queryTokens() * s.keyTokens());
        long numbers = (s.queryTokens() + s.keyTokens()) * (s.channels() + s.valueChannels());
        var plan =
                whole(
                        s,
                        Kernel.STAGED,
                        List.of(scores, new ChunkPlan.Buffer("tensors of a head", 1, 4 * numbers)));
        long heap = Runtime.getRuntime().maxMemory();
        if (plan.extraBytes() > heap) {
            throw new IllegalArgumentException(
                    "query tokens: the scores of a head take %s, and the Java heap is at most %s"
                            .formatted(
                                    MemoryBudget.format(scores.bytes()),
                                    MemoryBudget.format(heap)));
        }
        return plan;
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
        float[][] scores = new float[(int) s.queryTokens()][(int) s.keyTokens()];
        long[] outputShape = {s.queryTokens(), s.valueChannels()};
        float[] result = new float[(int) (s.queryTokens() * s.valueChannels())];
        long heads = in.query().size(1);
        for (long b = 0; b < in.query().size(0); b++) {
            for (long h = 0; h < heads; h++) {
                long keyHead = h / s.groupSize();
                fillWithBias(scores, in.mask(), b, h);
                var head =
                        new NaiveHead(
                                head(in.query(), b, h).toFloatArray(),
                                head(in.key(), b, keyHead).toFloatArray(),
                                head(in.value(), b, keyHead).toFloatArray(),
                                scores,
                                result,
                                (float) in.scale(),
                                Math.min(in.diagonal(), s.keyTokens()));
                attend(head, plan.threads());
                head(output, b, h)
                        .copyFrom(
                                Tensor.wrap(
                                        MemorySegment.ofArray(result), DataType.F32, outputShape));
            }
        }
    }

    /** {@code [tokens, channels]} of one head. */
    private static Tensor head(Tensor tensor, long batch, long head) {
        Tensor one = tensor.narrow(0, batch, 1).narrow(1, head, 1);
        return Tensor.wrap(
                one.segment(),
                one.byteOffset(),
                one.dataType(),
                new long[] {one.size(2), one.size(3)},
                new long[] {one.stride(2), one.stride(3)});
    }

    private static void fillWithBias(float[][] scores, @Nullable Tensor mask, long b, long h) {
        for (int i = 0; i < scores.length; i++) {
            if (mask == null) {
                Arrays.fill(scores[i], 0);
                continue;
            }
            for (int j = 0; j < scores[i].length; j++) {
                float m = mask.get(b, h, i, j);
                boolean hides = mask.dataType() == DataType.BOOL && m == 0;
                scores[i][j] =
                        hides ? Float.NEGATIVE_INFINITY : mask.dataType() == DataType.BOOL ? 0 : m;
            }
        }
    }

    private void attend(NaiveHead head, int count) {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int slot = 0; slot < count; slot++) {
            int first = slot;
            tasks.add(
                    () -> {
                        for (int i = first; i < head.queries(); i += count) {
                            head.attend(i);
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
