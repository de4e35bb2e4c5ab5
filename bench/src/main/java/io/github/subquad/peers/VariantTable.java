package io.github.subquad.peers;

import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.peers.Rounds.Contestant;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/** What half precision, masks, causality and grouped heads cost, beside the plain call. */
@Command(name = "variants", description = "Storage types, masks and groups beside a plain call.")
final class VariantTable implements Callable<Integer> {
    private static final long MASK_SEED = 7;

    @Mixin private RunOptions run = new RunOptions();

    @Option(
            names = "--shape",
            paramLabel = "HEADS,QUERIES,KEYS,CHANNELS",
            description = "Sizes; heads a multiple of 4. Default: 8,4096,4096,64.")
    private AttentionShape shape = AttentionShape.of(8, 4096, 4096, 64);

    private record Variant(String name, Problem problem) {}

    /**
     * A row of the result file.
     *
     * @param work operations over the plain call's
     * @param time over the plain call's
     */
    private record Row(
            String variant,
            AttentionShape shape,
            int threads,
            Series series,
            double work,
            Ratio time,
            boolean ok,
            Verdict verdict) {}

    @Override
    public Integer call() {
        List<Variant> variants = variants();
        Report report =
                run.report(
                        List.of(
                                "(%d, %d, %d, %d), SubQuad alone. Work and time over the plain call's;"
                                        .formatted(
                                                shape.queryHeads(),
                                                shape.queryTokens(),
                                                shape.keyTokens(),
                                                shape.channels()),
                                "time as the ratio of medians, then median (quartiles) of the"
                                        + " rounds' ratios."),
                        List.of(
                                "variant",
                                "threads",
                                "ms, median / best",
                                "work",
                                "time",
                                "error"));
        boolean ok = true;
        for (int threads : run.threads()) {
            for (Row row : measure(variants, threads)) {
                report.add(row, cells(row));
                ok &= row.ok;
            }
        }
        return ok ? 0 : 1;
    }

    private List<Variant> variants() {
        Problem plain = Problem.random(shape);
        long queries = shape.queryTokens();
        long keys = shape.keyTokens();
        return List.of(
                new Variant("plain, float32", plain),
                new Variant("float16", plain.in(DataType.F16)),
                new Variant("bfloat16", plain.in(DataType.BF16)),
                new Variant("causal", plain.causal(Causal.BOTTOM_RIGHT)),
                new Variant("boolean mask of keys", plain.masked(visible(1, 1, keys))),
                new Variant("boolean mask", plain.masked(visible(1, queries, keys))),
                new Variant(
                        "additive mask",
                        plain.masked(Problem.gaussian(MASK_SEED, 1, queries, keys))),
                new Variant("4 query heads a key head", Problem.random(grouped())));
    }

    private AttentionShape grouped() {
        return new AttentionShape(
                shape.queryHeads(),
                shape.queryHeads() / 4,
                shape.queryTokens(),
                shape.keyTokens(),
                shape.channels(),
                shape.valueChannels());
    }

    /** Nine of ten pairs are visible. */
    private static Tensor visible(long... sizes) {
        var random = new SplittableRandom(MASK_SEED);
        Tensor mask = Tensor.allocate(DataType.BOOL, sizes);
        for (long i = 0; i < mask.elements(); i++) {
            mask.dataType()
                    .write(mask.segment(), mask.byteOffset() + i, random.nextInt(10) == 0 ? 0 : 1);
        }
        return mask;
    }

    private List<Row> measure(List<Variant> variants, int threads) {
        List<SubQuadPeer> peers = new ArrayList<>();
        try {
            List<Contestant> contestants = new ArrayList<>();
            for (Variant variant : variants) {
                var peer = new SubQuadPeer(variant.problem, threads, run.backend());
                peers.add(peer);
                contestants.add(new Contestant(variant.name, peer::run));
            }
            List<Series> series = Rounds.run(contestants, run.rounds());
            List<Row> rows = new ArrayList<>();
            double plainWork = variants.getFirst().problem.flops();
            for (int i = 0; i < variants.size(); i++) {
                Problem problem = variants.get(i).problem;
                Verdict verdict = problem.verdict(peers.get(i).output());
                rows.add(
                        new Row(
                                variants.get(i).name,
                                problem.shape(),
                                threads,
                                series.get(i),
                                problem.flops() / plainWork,
                                Ratio.of(series.getFirst(), List.of(series.get(i))),
                                verdict.ok(),
                                verdict));
            }
            return rows;
        } finally {
            peers.forEach(SubQuadPeer::close);
        }
    }

    private static List<String> cells(Row row) {
        return List.of(
                row.variant,
                String.valueOf(row.threads),
                row.ok
                        ? String.format(
                                Locale.ROOT,
                                "%.1f / %.1f",
                                1e3 * row.series.median(),
                                1e3 * row.series.best())
                        : row.verdict.toString(),
                String.format(Locale.ROOT, "%.2f", row.work),
                row.time.toString(),
                String.format(Locale.ROOT, "%.1e", row.verdict.relativeError()));
    }
}
