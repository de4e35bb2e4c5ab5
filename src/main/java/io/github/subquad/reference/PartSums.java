package io.github.subquad.reference;

import io.github.subquad.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/** Running sums over the rows of one gradient that are compared. */
final class PartSums {
    /** Of one row: norms of the error, of what was expected, of what rounding explains. */
    private record Row(double error, double norm, double bound) {}

    private final List<Row> rows = new ArrayList<>();
    private final long allRows;

    PartSums(long allRows) {
        this.allRows = allRows;
    }

    void add(double[] expected, double bound, Tensor got, long b, long h, long row) {
        double error = 0;
        double norm = 0;
        for (int c = 0; c < expected.length; c++) {
            double off = difference(got.get(b, h, row, c), expected[c]);
            error += off * off;
            norm += Double.isFinite(expected[c]) ? expected[c] * expected[c] : 0;
        }
        rows.add(new Row(Math.sqrt(error), Math.sqrt(norm), Double.isFinite(bound) ? bound : 0));
    }

    GradientVerdict.Part part() {
        double error = rows.stream().mapToDouble(r -> r.error * r.error).sum();
        double norm = rows.stream().mapToDouble(r -> r.norm * r.norm).sum();
        double bound = rows.stream().mapToDouble(r -> r.bound * r.bound).sum();
        double mean = Math.sqrt(bound / Math.max(1, rows.size()));
        double greatest = 0;
        for (Row row : rows) {
            double allowed = Verdict.ROW_FACTOR * Math.max(row.bound, mean);
            greatest = Math.max(greatest, row.error == 0 ? 0 : row.error / allowed);
        }
        if (norm == 0) { // relative to nothing: right or wrong, no more
            double off = error <= bound ? 0 : Double.POSITIVE_INFINITY;
            return new GradientVerdict.Part(off, 0, greatest, rows.size(), allRows);
        }
        return new GradientVerdict.Part(
                Math.sqrt(error / norm), Math.sqrt(bound / norm), greatest, rows.size(), allRows);
    }

    /**
     * Not-a-number and infinity agree with each other; against a number they are infinitely off.
     */
    private static double difference(double got, double expected) {
        if (got == expected || !Double.isFinite(got) && !Double.isFinite(expected)) {
            return 0;
        }
        double difference = got - expected;
        return Double.isFinite(difference) ? difference : Double.POSITIVE_INFINITY;
    }
}
