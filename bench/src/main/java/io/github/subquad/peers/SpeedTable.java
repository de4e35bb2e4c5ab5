package io.github.subquad.peers;

import io.github.subquad.AttentionShape;
import io.github.subquad.peers.Rounds.Contestant;
import io.github.subquad.reference.Verdict;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Whole calls of every peer, turn about, for each shape and number of threads. */
@Command(name = "speed", description = "Whole calls beside the peers, float32, no mask.")
final class SpeedTable implements Callable<Integer> {
    @Mixin private RunOptions run = new RunOptions();

    @Option(
            names = "--shape",
            paramLabel = "HEADS,QUERIES,KEYS,CHANNELS",
            description = "One or more shapes instead of the table's eight.")
    private List<AttentionShape> shapes =
            List.of(
                    AttentionShape.of(8, 1024, 1024, 64),
                    AttentionShape.of(8, 4096, 4096, 64),
                    AttentionShape.of(1, 16384, 16384, 64),
                    AttentionShape.of(8, 4096, 4096, 128),
                    AttentionShape.of(16, 4096, 4096, 40),
                    AttentionShape.of(16, 1024, 1024, 80),
                    AttentionShape.of(16, 256, 256, 160),
                    AttentionShape.of(16, 4096, 77, 40));

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "PEER",
            description = "Some of ${COMPLETION-CANDIDATES}; all by default.")
    private List<PeerKind> peers = List.of(PeerKind.values());

    /**
     * A peer's part of a row.
     *
     * @param series its samples
     * @param gflops by the median
     * @param bestGflops by the shortest call
     * @param ok whether its result is right
     * @param verdict how far it lies from float64
     */
    private record Score(
            Series series, double gflops, double bestGflops, boolean ok, Verdict verdict) {
        String cell() {
            return ok
                    ? String.format(Locale.ROOT, "%.0f / %.0f", gflops, bestGflops)
                    : verdict.toString();
        }
    }

    /**
     * A row of the result file.
     *
     * @param ratio ours over the better peer's, null where there is none
     */
    private record Row(
            AttentionShape shape,
            int threads,
            double medianPeakGflops,
            double bestPeakGflops,
            Series peak,
            List<Score> scores,
            @Nullable Ratio ratio) {}

    @Override
    public Integer call() {
        List<String> columns = new ArrayList<>(List.of("heads, q, k, d", "threads", "FMA peak"));
        peers.forEach(peer -> columns.add(peer.title()));
        columns.addAll(List.of("ours of peak", "ours over the better peer", "error"));
        Report report =
                run.report(
                        List.of(
                                "GFLOP/s by 4·heads·q·k·d: median / best; ratio of medians"
                                    + " (quartiles of the rounds' ratios); relative error against"
                                    + " float64 in the order of the peers."),
                        columns);
        boolean ok = true;
        for (AttentionShape shape : shapes) {
            Problem problem = Problem.random(shape);
            for (int threads : run.threads()) {
                Row row = measure(problem, threads);
                report.add(row, cells(row));
                ok &= row.scores.stream().allMatch(Score::ok);
            }
        }
        return ok ? 0 : 1;
    }

    private Row measure(Problem problem, int threads) {
        List<Peer> opened = new ArrayList<>();
        try (var peak = new FmaPeak(threads)) {
            peers.forEach(kind -> opened.add(kind.open(problem, threads, run.backend())));
            List<Contestant> contestants = new ArrayList<>();
            contestants.add(new Contestant("FMA peak", peak::run));
            for (int i = 0; i < opened.size(); i++) {
                contestants.add(new Contestant(peers.get(i).title(), opened.get(i)::run));
            }
            List<Series> series = Rounds.run(contestants, run.rounds());
            List<Score> scores = new ArrayList<>();
            for (int i = 0; i < opened.size(); i++) {
                scores.add(score(problem, series.get(i + 1), opened.get(i)));
            }
            return new Row(
                    problem.shape(),
                    threads,
                    1e-9 * peak.flops() / series.getFirst().median(),
                    1e-9 * peak.flops() / series.getFirst().best(),
                    series.getFirst(),
                    scores,
                    ratio(scores));
        } finally {
            opened.forEach(Peer::close);
        }
    }

    private static Score score(Problem problem, Series series, Peer peer) {
        Verdict verdict = problem.verdict(peer.output());
        double work = 1e-9 * problem.flops();
        return new Score(
                series, work / series.median(), work / series.best(), verdict.ok(), verdict);
    }

    private @Nullable Ratio ratio(List<Score> scores) {
        int ours = peers.indexOf(PeerKind.SUBQUAD);
        if (ours < 0 || scores.size() < 2) {
            return null;
        }
        List<Series> others = new ArrayList<>(scores.stream().map(Score::series).toList());
        Series mine = others.remove(ours);
        return Ratio.of(mine, others);
    }

    private List<String> cells(Row row) {
        AttentionShape s = row.shape;
        List<String> cells = new ArrayList<>();
        cells.add(
                "%d, %d, %d, %d"
                        .formatted(s.queryHeads(), s.queryTokens(), s.keyTokens(), s.channels()));
        cells.add(String.valueOf(row.threads));
        cells.add(
                String.format(
                        Locale.ROOT, "%.0f / %.0f", row.medianPeakGflops, row.bestPeakGflops));
        row.scores.forEach(score -> cells.add(score.cell()));
        int ours = peers.indexOf(PeerKind.SUBQUAD);
        cells.add(
                ours < 0
                        ? "–"
                        : String.format(
                                Locale.ROOT,
                                "%.0f%%",
                                100 * row.scores.get(ours).gflops / row.bestPeakGflops));
        cells.add(row.ratio == null ? "–" : row.ratio.toString());
        List<String> errors =
                row.scores.stream()
                        .map(s2 -> String.format(Locale.ROOT, "%.1e", s2.verdict.relativeError()))
                        .toList();
        cells.add(String.join(", ", errors));
        return cells;
    }
}
