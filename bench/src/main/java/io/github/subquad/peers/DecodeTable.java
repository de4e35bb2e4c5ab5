package io.github.subquad.peers;

import io.github.subquad.AttentionShape;
import io.github.subquad.peers.Rounds.Contestant;
import io.github.subquad.reference.Verdict;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * One new token over a long past: 32 query heads over 8, one query. Each key and value is needed
 * once, so a plain read of the same memory says how fast it can be done at all.
 */
@Command(name = "decode", description = "Decoding beside a plain read of the same memory.")
final class DecodeTable implements Callable<Integer> {
    private static final int QUERY_HEADS = 32;
    private static final int KEY_HEADS = 8;
    private static final int CHANNELS = 128;

    @Mixin private RunOptions run = new RunOptions();

    @Option(
            names = "--keys",
            defaultValue = "65536",
            description = "Tokens of the past; default: ${DEFAULT-VALUE}.")
    private int keys;

    /** A row of the result file. */
    private record Row(
            AttentionShape shape,
            int threads,
            long bytesRead,
            Series read,
            Series attention,
            Ratio ofRead,
            boolean ok,
            Verdict verdict) {}

    @Override
    public Integer call() {
        var shape = new AttentionShape(QUERY_HEADS, KEY_HEADS, 1, keys, CHANNELS, CHANNELS);
        Problem problem = Problem.random(shape);
        Report report =
                run.report(
                        List.of(
                                "%d query heads over %d, 1 query, %d keys, %d channels, float32."
                                        .formatted(QUERY_HEADS, KEY_HEADS, keys, CHANNELS),
                                "GB/s of keys and values: median / best; ratio of medians,"
                                        + " then median (quartiles) of the rounds' ratios."),
                        List.of("threads", "plain read", "SubQuad", "of the read", "error"));
        boolean ok = true;
        for (int threads : run.threads()) {
            Row row = measure(problem, threads);
            report.add(row, cells(row));
            ok &= row.ok;
        }
        return ok ? 0 : 1;
    }

    private Row measure(Problem problem, int threads) {
        try (var read = new PlainRead(threads, problem.key(), problem.value());
                var ours = new SubQuadPeer(problem, threads, run.backend())) {
            List<Series> series =
                    Rounds.run(
                            List.of(
                                    new Contestant("plain read", read::run),
                                    new Contestant(SubQuadPeer.TITLE, ours::run)),
                            run.rounds());
            Verdict verdict = problem.verdict(ours.output());
            return new Row(
                    problem.shape(),
                    threads,
                    read.bytesRead(),
                    series.getFirst(),
                    series.getLast(),
                    Ratio.of(series.getLast(), List.of(series.getFirst())),
                    verdict.ok(),
                    verdict);
        }
    }

    private static List<String> cells(Row row) {
        return List.of(
                String.valueOf(row.threads),
                rate(row.bytesRead, row.read),
                row.ok ? rate(row.bytesRead, row.attention) : row.verdict.toString(),
                row.ofRead.toString(),
                String.format(Locale.ROOT, "%.1e", row.verdict.relativeError()));
    }

    private static String rate(long bytes, Series series) {
        return String.format(
                Locale.ROOT,
                "%.1f / %.1f",
                1e-9 * bytes / series.median(),
                1e-9 * bytes / series.best());
    }
}
