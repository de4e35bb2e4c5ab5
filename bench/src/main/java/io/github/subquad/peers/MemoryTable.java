package io.github.subquad.peers;

import io.github.subquad.AttentionShape;
import io.github.subquad.MemoryBudget;
import io.github.subquad.reference.Verdict;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * By how much a call makes the process grow. The same code has run on a small problem before, so
 * that what it takes once and for all (classes, machine code, threads) is not counted. What was
 * freed by one call can hide what the next one takes: a row is a process.
 */
@Command(
        name = "memory",
        description = "Growth of the process in one call, with the greatest of --threads.")
final class MemoryTable implements Callable<Integer> {
    private static final long SMALL_TOKENS = 4096;
    private static final long WARM_UP_NANOS = 5_000_000_000L;

    @Mixin private RunOptions run = new RunOptions();

    @Option(
            names = "--shape",
            paramLabel = "HEADS,QUERIES,KEYS,CHANNELS",
            description = "Sizes. Default: 1,65536,65536,64.")
    private AttentionShape shape = AttentionShape.of(1, 65536, 65536, 64);

    @Option(
            names = "--peer",
            defaultValue = "SUBQUAD",
            description = "One of ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
    private PeerKind kind = PeerKind.SUBQUAD;

    /**
     * A row of the result file.
     *
     * @param plannedBytes what our engine says it takes; null for a peer
     */
    private record Row(
            AttentionShape shape,
            int threads,
            String peer,
            @Nullable Long plannedBytes,
            long residentBefore,
            long residentPeak,
            double seconds,
            boolean ok,
            Verdict verdict) {}

    @Override
    public Integer call() {
        Report report =
                run.report(
                        List.of(
                                "Peak resident memory in the first call of this size less resident"
                                        + " memory before. PyTorch's output, %s, is part of its growth."
                                                .formatted(MemoryBudget.format(outputBytes()))),
                        List.of(
                                "heads, q, k, d",
                                "threads",
                                "peer",
                                "growth",
                                "planned",
                                "score matrix",
                                "seconds",
                                "error"));
        Row row = measure(Collections.max(run.threads()));
        report.add(row, cells(row));
        return row.ok ? 0 : 1;
    }

    private long outputBytes() {
        return 4 * shape.queryHeads() * shape.queryTokens() * shape.valueChannels();
    }

    private Row measure(int threads) {
        var small =
                AttentionShape.of(shape.queryHeads(), SMALL_TOKENS, SMALL_TOKENS, shape.channels());
        try (Peer peer = kind.open(Problem.random(small), threads, run.backend())) {
            long end = System.nanoTime() + WARM_UP_NANOS;
            while (System.nanoTime() < end) {
                peer.run();
            }
        }
        Problem problem = Problem.random(shape);
        try (Peer peer = kind.open(problem, threads, run.backend())) {
            System.gc();
            ResidentMemory.forgetPeak();
            long before = ResidentMemory.now();
            long start = System.nanoTime();
            peer.run();
            double seconds = 1e-9 * (System.nanoTime() - start);
            long peak = ResidentMemory.peak();
            Verdict verdict = problem.verdict(peer.output());
            Long planned = peer instanceof SubQuadPeer ours ? ours.plan().extraBytes() : null;
            return new Row(
                    shape,
                    threads,
                    kind.title(),
                    planned,
                    before,
                    peak,
                    seconds,
                    verdict.ok(),
                    verdict);
        }
    }

    private static List<String> cells(Row row) {
        AttentionShape s = row.shape;
        return List.of(
                "%d, %d, %d, %d"
                        .formatted(s.queryHeads(), s.queryTokens(), s.keyTokens(), s.channels()),
                String.valueOf(row.threads),
                row.peer,
                row.ok
                        ? MemoryBudget.format(row.residentPeak - row.residentBefore)
                        : row.verdict.toString(),
                row.plannedBytes == null ? "–" : MemoryBudget.format(row.plannedBytes),
                MemoryBudget.format(s.scoreMatrixBytes()),
                String.format(Locale.ROOT, "%.1f", row.seconds),
                String.format(Locale.ROOT, "%.1e", row.verdict.relativeError()));
    }
}
