package io.github.subquad.reference;

import io.github.subquad.AttentionInputs;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

/**
 * How far a result lies from float64.
 *
 * @param relativeError ‖output − reference‖ / ‖reference‖, Frobenius norms over the rows checked
 * @param greatestRowError greatest ‖row − reference row‖ over the greater of that row's norm and
 *     the root mean square of all rows' norms
 * @param logSumExpError greatest |difference| / max(1, |reference|), 0 if there is none
 * @param bound for {@code relativeError}: the root mean square of the rows' own bounds, weighted as
 *     the rows are
 * @param greatestShare greatest share of its own bound that a row, or its log-sum-exp, takes; rows
 *     may err {@value #ROW_FACTOR} times as much as all together
 * @param rowsChecked rows that were compared
 * @param rows rows of the call
 */
public record Verdict(
        double relativeError,
        double greatestRowError,
        double logSumExpError,
        double bound,
        double greatestShare,
        long rowsChecked,
        long rows) {
    /** How much more than all rows together a single row may err. */
    public static final int ROW_FACTOR = 8;

    /** Multiply-adds of the reference above which rows are sampled. */
    static final double WORK = 2e8;

    static final int LEAST_ROWS = 16;

    /** As large as the error of a row that has nothing to do with what was expected. */
    private static final double NOTHING = 2;

    /**
     * Compares a result with the reference: all rows if the call is small, else a seeded sample
     * that has the first and the last row.
     *
     * @param in tensors of the call
     * @param output {@code [batch*heads, tokens, channels]} or of rank 4
     * @param logSumExp {@code [batch*heads, tokens]} or of rank 3, or null
     * @param precision type to which the engine rounded its inputs, or null
     * @param seed of the sample
     * @return the verdict
     * @throws CancellationException if the thread is interrupted
     */
    public static Verdict of(
            AttentionInputs in,
            Tensor output,
            @Nullable Tensor logSumExp,
            @Nullable DataType precision,
            long seed) {
        double rowWork = (double) in.keyTokens() * (in.query().size(3) + in.value().size(3));
        long rows = in.query().size(0) * in.query().size(1) * in.queryTokens();
        long most = rows * rowWork <= WORK ? rows : Math.max(LEAST_ROWS, (long) (WORK / rowWork));
        return ofSome(in, output, logSumExp, precision, seed, most);
    }

    /**
     * Compares some rows of a result with the reference.
     *
     * @param in as above
     * @param output as above
     * @param logSumExp as above
     * @param precision as above
     * @param seed as above
     * @param most rows that are compared, if there are more
     * @return the verdict
     */
    public static Verdict ofSome(
            AttentionInputs in,
            Tensor output,
            @Nullable Tensor logSumExp,
            @Nullable DataType precision,
            long seed,
            long most) {
        long heads = in.query().size(1);
        long tokens = in.queryTokens();
        long rows = in.query().size(0) * heads * tokens;
        Tensor out = output.rank() == 4 ? output : output.splitDim(0, 1);
        Tensor lse =
                logSumExp == null || logSumExp.rank() == 3 ? logSumExp : logSumExp.splitDim(0, 1);
        long checked = Math.min(most, rows);
        var random = new SplittableRandom(seed);
        var sums = new Sums();
        for (long n = 0; n < checked; n++) {
            long row = checked == rows || n == 0 ? n : n == 1 ? rows - 1 : random.nextLong(rows);
            long b = row / (heads * tokens);
            long h = row / tokens % heads;
            long i = row % tokens;
            ReferenceRow expected = ReferenceRow.of(in, b, h, i);
            double bound = bound(in, out.dataType(), precision, expected.greatestMagnitude());
            sums.add(expected, bound, out, lse, b, h, i);
        }
        return sums.verdict(checked, rows);
    }

    /**
     * The error that rounding explains. With u = 2⁻²⁴: a score s carries an error of about u·|s|,
     * which is the relative error of its weight, and one of about u·√channels from its sum over
     * channels; sums over keys add a few u and grow with their depth. Storage adds the half unit of
     * its type: of the output, and, where the engine rounded its inputs, of each factor of the
     * scores. Of a row whose scores are beyond float32's whole numbers nothing can be said.
     */
    static double bound(
            AttentionInputs in, DataType output, @Nullable DataType precision, double score) {
        double unit = unit(DataType.F32);
        double depth = Math.log(2.0 + in.keyTokens()) / Math.log(2);
        double channels = Math.sqrt(in.query().size(3));
        double bound = unit * (4 + depth + channels + score);
        if (output != DataType.F32) {
            bound += unit(output);
        }
        if (precision != null && precision != DataType.F32) {
            bound += unit(precision) * (2 + 2 * score);
        }
        return Math.min(bound, NOTHING);
    }

    /** Half a unit in the last place of 1. */
    private static double unit(DataType type) {
        return switch (type) {
            case F32 -> 0x1p-24;
            case F16 -> 0x1p-11;
            case BF16 -> 0x1p-8;
            case BOOL -> throw new IllegalArgumentException("output: expected numbers, got BOOL");
        };
    }

    /**
     * Whether the result is right as far as rounding allows.
     *
     * @return true if every error is within its bound
     */
    public boolean ok() {
        return within(1);
    }

    /**
     * Whether every error is within some multiple of its bound.
     *
     * @param factor at least 1
     * @return true if the result is not worse than that
     */
    public boolean within(double factor) {
        return relativeError <= factor * bound && greatestShare <= factor;
    }

    /** One line for a person. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: relative error %.2e, greatest row error %.2e, bound %.2e, %d of %d rows"
                        + " checked",
                ok() ? "ok" : "FAILED",
                relativeError,
                greatestRowError,
                bound,
                rowsChecked,
                rows);
    }

    /** Running sums over the rows checked. */
    private static final class Sums {
        /** Of one row: squared error, squared norm, bound. */
        private record Row(double error, double norm, double bound) {}

        private final List<Row> rows = new ArrayList<>();
        private double logSumExpError;
        private double greatestShare;

        void add(
                ReferenceRow row,
                double bound,
                Tensor output,
                @Nullable Tensor lse,
                long b,
                long h,
                long i) {
            double[] expected = row.output();
            double error = 0;
            double norm = 0;
            for (int c = 0; c < expected.length; c++) {
                double got = output.get(b, h, i, c);
                error += square(difference(got, expected[c]));
                norm += Double.isFinite(expected[c]) ? square(expected[c]) : 0;
            }
            rows.add(new Row(error, norm, bound));
            if (lse != null) {
                double expectedLse = row.logSumExp();
                double off = Math.abs(strictDifference(lse.get(b, h, i), expectedLse));
                double size = Double.isFinite(expectedLse) ? Math.abs(expectedLse) : 1;
                double relative = off / Math.max(1, size);
                logSumExpError = Math.max(logSumExpError, relative);
                greatestShare = Math.max(greatestShare, relative / bound);
            }
        }

        Verdict verdict(long checked, long allRows) {
            double error = rows.stream().mapToDouble(Row::error).sum();
            double norm = rows.stream().mapToDouble(Row::norm).sum();
            double allowed = rows.stream().mapToDouble(r -> square(r.bound) * r.norm).sum();
            double mean = norm / Math.max(1, rows.size());
            double greatest = 0;
            for (Row row : rows) {
                double rowError = ratio(row.error, Math.max(mean, row.norm));
                greatest = Math.max(greatest, rowError);
                greatestShare = Math.max(greatestShare, rowError / (ROW_FACTOR * row.bound));
            }
            return new Verdict(
                    ratio(error, norm),
                    greatest,
                    logSumExpError,
                    ratio(allowed, norm),
                    greatestShare,
                    checked,
                    allRows);
        }

        private static double ratio(double squaredError, double squaredNorm) {
            return squaredError == 0 ? 0 : Math.sqrt(squaredError / squaredNorm);
        }

        /** A weight of 0 may make NaN of an infinite value that float64 still weighs. */
        private static double difference(double got, double expected) {
            return Double.isNaN(got) && Double.isInfinite(expected)
                    ? 0
                    : strictDifference(got, expected);
        }

        /** Equal infinities and NaN agree; against a number they are infinitely off. */
        private static double strictDifference(double got, double expected) {
            if (got == expected || Double.isNaN(got) && Double.isNaN(expected)) {
                return 0;
            }
            double difference = got - expected;
            return Double.isNaN(difference) || Double.isInfinite(difference)
                    ? Double.POSITIVE_INFINITY
                    : difference;
        }

        private static double square(double x) {
            return x * x;
        }
    }
}
