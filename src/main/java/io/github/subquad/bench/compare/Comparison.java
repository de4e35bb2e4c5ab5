package io.github.subquad.bench.compare;

import io.github.subquad.bench.Report;
import io.github.subquad.bench.ResultFile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.Stream;

/**
 * Result files against the first of them, the base.
 *
 * @param format always {@value #FORMAT}
 * @param version of the format; {@code bench/schema} has its schema
 * @param alpha level of significance, after the correction
 * @param base name of the first file
 * @param started when its benchmark was, in UTC by ISO 8601
 * @param allOk whether every result in every file was right and no engine failed
 * @param others the further files
 */
public record Comparison(
        String format,
        int version,
        double alpha,
        String base,
        String started,
        boolean allOk,
        List<ComparedFile> others) {
    /** Names the format of a file. */
    public static final String FORMAT = "subquad-compare";

    /** The version that is written. */
    public static final int VERSION = 1;

    /** Keeps the list as it is now. */
    public Comparison {
        others = List.copyOf(others);
    }

    /**
     * Compares files.
     *
     * @param base first file
     * @param others further files, at least one
     * @param alpha probability, above 0 and below 1, with which any row may be called faster or
     *     slower where there is nothing but chance
     * @return the comparison
     */
    public static Comparison of(ResultFile base, List<ResultFile> others, double alpha) {
        List<Pairing> pairings =
                others.stream()
                        .map(o -> Pairing.of(base.report().rows(), o.report().rows()))
                        .toList();
        List<List<ComparedRow>> rows = pairings.stream().map(Comparison::rows).toList();
        PrimitiveIterator.OfDouble corrected = corrected(rows);
        List<ComparedFile> compared = new ArrayList<>();
        for (int i = 0; i < others.size(); i++) {
            List<ComparedRow> judged = new ArrayList<>();
            for (ComparedRow row : rows.get(i)) {
                judged.add(row.ratio() == null ? row : row.judged(corrected.nextDouble(), alpha));
            }
            compared.add(compared(base.report(), others.get(i), pairings.get(i), judged));
        }
        boolean ok = Stream.concat(Stream.of(base), others.stream()).allMatch(f -> f.report().ok());
        String started = base.report().run().started();
        return new Comparison(FORMAT, VERSION, alpha, base.name(), started, ok, compared);
    }

    private static List<ComparedRow> rows(Pairing pairing) {
        return pairing.pairs().stream()
                .map(pair -> ComparedRow.of(pair.base(), pair.other()))
                .toList();
    }

    /** The p of every row of every file that has a ratio, in their order. */
    private static PrimitiveIterator.OfDouble corrected(List<List<ComparedRow>> rows) {
        double[] p =
                rows.stream()
                        .flatMap(List::stream)
                        .flatMap(row -> Stream.ofNullable(row.ratio()))
                        .mapToDouble(TimeRatio::p)
                        .toArray();
        return Arrays.stream(Holm.correct(p)).iterator();
    }

    private static ComparedFile compared(
            Report base, ResultFile other, Pairing pairing, List<ComparedRow> rows) {
        Report report = other.report();
        List<Unpaired> unpaired = new ArrayList<>();
        pairing.baseAlone().forEach(row -> unpaired.add(Unpaired.of(row, true, report)));
        pairing.otherAlone().forEach(row -> unpaired.add(Unpaired.of(row, false, base)));
        return new ComparedFile(
                other.name(),
                report.run().started(),
                RunDifferences.of(base, report),
                rows,
                GeometricMean.of(rows),
                unpaired);
    }

    /**
     * The rows that are shown to be slower by more than a limit.
     *
     * @param limit such as 0.05 for 5% more time
     * @return of all files
     */
    public List<ComparedRow> slowerBy(double limit) {
        return rows().filter(row -> row.isSlowerBy(limit)).toList();
    }

    /**
     * Whether all that was to be compared could be.
     *
     * @return false if a result is wrong, an engine failed, or a file has no row that the base has
     */
    public boolean ok() {
        return allOk && others.stream().noneMatch(file -> file.means().isEmpty());
    }

    /**
     * The rows that have a partner.
     *
     * @return of all files
     */
    public Stream<ComparedRow> rows() {
        return others.stream().map(ComparedFile::rows).flatMap(List::stream);
    }
}
