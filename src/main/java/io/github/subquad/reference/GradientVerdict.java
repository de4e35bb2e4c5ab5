package io.github.subquad.reference;

import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionInputs;
import io.github.subquad.BackwardInputs;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

/**
 * How far gradients lie from float64.
 *
 * <p>Small calls are compared whole, and evaluated in float64 from the inputs alone. Of large ones
 * a seeded sample of query rows and of keys is compared; what a key needs of every query row, its
 * log-sum-exp and its output, is then taken from the forward pass, which has a {@link Verdict} of
 * its own.
 *
 * @param query of the gradient of the queries
 * @param key of the gradient of the keys
 * @param value of the gradient of the values
 */
public record GradientVerdict(Part query, Part key, Part value) {
    /**
     * How far one gradient lies from float64.
     *
     * @param relativeError ‖gradient − reference‖ / ‖reference‖, Frobenius norms over the rows
     *     checked
     * @param bound for it: what rounding explains
     * @param greatestShare greatest share of its own bound that a row takes; a row may err {@value
     *     Verdict#ROW_FACTOR} times as much as all together
     * @param rowsChecked rows that were compared
     * @param rows rows there are
     */
    public record Part(
            double relativeError, double bound, double greatestShare, long rowsChecked, long rows) {
        /**
         * Whether the gradient is right as far as rounding allows.
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
         * @return true if the gradient is not worse than that
         */
        public boolean within(double factor) {
            return relativeError <= factor * bound && greatestShare <= factor;
        }
    }

    /**
     * Compares gradients with the reference.
     *
     * @param in tensors of the call
     * @param output of the forward pass, {@code [batch*heads, tokens, channels]} or of rank 4
     * @param logSumExp of the forward pass
     * @param gradOutput gradient of output, in its shape
     * @param got the gradients; that of the mask is not looked at
     * @param precision type to which the engine rounded its inputs, or null
     * @param seed of the sample
     * @return the verdict
     * @throws CancellationException if the thread is interrupted
     */
    public static GradientVerdict of(
            AttentionInputs in,
            Tensor output,
            Tensor logSumExp,
            Tensor gradOutput,
            AttentionGradients got,
            @Nullable DataType precision,
            long seed) {
        Tensor grad = rank4(gradOutput);
        var given =
                new BackwardInputs(
                        in,
                        rank4(output),
                        logSumExp.rank() == 3 ? logSumExp : logSumExp.splitDim(0, 1),
                        grad);
        long queryRows = in.query().size(0) * in.query().size(1) * in.queryTokens();
        long keyRows = in.key().size(0) * in.key().size(1) * in.keyTokens();
        double width = 2.0 * (in.query().size(3) + in.value().size(3));
        boolean whole = queryRows * (double) in.keyTokens() * width <= Verdict.WORK;
        RowTerms[] exact = whole ? exactTerms(in, grad) : new RowTerms[0];
        ReferenceGradients.Terms terms =
                whole
                        ? (b, h, i) -> exact[(int) row(in.query(), b, h, i)]
                        : (b, h, i) -> RowTerms.given(given, b, h, i);
        ReferenceGradients.Terms own =
                whole ? terms : (b, h, i) -> RowTerms.exact(in, grad, b, h, i);
        long group = in.query().size(1) / in.key().size(1);
        return of(
                given,
                got,
                precision,
                new SplittableRandom(seed),
                own,
                terms,
                whole ? queryRows : sample(in.keyTokens() * 2 * width),
                whole ? keyRows : sample(group * in.queryTokens() * width));
    }

    /**
     * Compares some rows of each gradient with the reference, which takes the output and the
     * log-sum-exp as they are: those of a forward pass, or of a chunk's queries over all keys.
     *
     * @param in the call, what it gave, and the gradient of that
     * @param got as above
     * @param precision as above
     * @param seed as above
     * @param most rows of each that are compared, if there are more
     * @return the verdict
     * @throws CancellationException as above
     */
    public static GradientVerdict ofSome(
            BackwardInputs in,
            AttentionGradients got,
            @Nullable DataType precision,
            long seed,
            long most) {
        ReferenceGradients.Terms terms = (b, h, i) -> RowTerms.given(in, b, h, i);
        return of(in, got, precision, new SplittableRandom(seed), terms, terms, most, most);
    }

    private static GradientVerdict of(
            BackwardInputs given,
            AttentionGradients got,
            @Nullable DataType precision,
            SplittableRandom random,
            ReferenceGradients.Terms own,
            ReferenceGradients.Terms terms,
            long mostQueryRows,
            long mostKeyRows) {
        AttentionInputs in = given.call();
        var reference = new ReferenceGradients(in, given.gradOutput());
        long queryRows = in.query().size(0) * in.query().size(1) * in.queryTokens();
        long keyRows = in.key().size(0) * in.key().size(1) * in.keyTokens();
        Tensor gotQuery = rank4(got.query());
        Tensor gotKey = rank4(got.key());
        Tensor gotValue = rank4(got.value());
        var query = new PartSums(queryRows);
        for (long n = 0; n < Math.min(mostQueryRows, queryRows); n++) {
            checkInterrupt();
            long row = pick(n, mostQueryRows, queryRows, random);
            long h = row / in.queryTokens() % in.query().size(1);
            long b = row / in.queryTokens() / in.query().size(1);
            long i = row % in.queryTokens();
            RowTerms term = own.of(b, h, i);
            var expected = reference.queryRow(b, h, i, term);
            double unit = bound(in, given, gotQuery, precision, term.magnitude());
            query.add(expected.gradient(), unit * expected.noise(), gotQuery, b, h, i);
        }
        var key = new PartSums(keyRows);
        var value = new PartSums(keyRows);
        for (long n = 0; n < Math.min(mostKeyRows, keyRows); n++) {
            checkInterrupt();
            long row = pick(n, mostKeyRows, keyRows, random);
            long h = row / in.keyTokens() % in.key().size(1);
            long b = row / in.keyTokens() / in.key().size(1);
            long j = row % in.keyTokens();
            var expected = reference.keyRow(b, h, j, terms);
            double keyUnit = bound(in, given, gotKey, precision, expected.magnitude());
            double valueUnit = bound(in, given, gotValue, precision, expected.magnitude());
            key.add(expected.key(), keyUnit * expected.keyNoise(), gotKey, b, h, j);
            value.add(expected.value(), valueUnit * expected.valueNoise(), gotValue, b, h, j);
        }
        return new GradientVerdict(query.part(), key.part(), value.part());
    }

    private static RowTerms[] exactTerms(AttentionInputs in, Tensor gradOutput) {
        Tensor q = in.query();
        var terms = new RowTerms[Math.toIntExact(q.size(0) * q.size(1) * q.size(2))];
        for (long b = 0; b < q.size(0); b++) {
            for (long h = 0; h < q.size(1); h++) {
                for (long i = 0; i < q.size(2); i++) {
                    checkInterrupt();
                    terms[(int) row(q, b, h, i)] = RowTerms.exact(in, gradOutput, b, h, i);
                }
            }
        }
        return terms;
    }

    private static long row(Tensor like, long b, long h, long i) {
        return (b * like.size(1) + h) * like.size(2) + i;
    }

    private static long sample(double workOfARow) {
        return Math.max(Verdict.LEAST_ROWS, (long) (Verdict.WORK / 2 / workOfARow));
    }

    /** All rows in turn, or the first, the last and then some. */
    private static long pick(long n, long most, long rows, SplittableRandom random) {
        return most >= rows || n == 0 ? n : n == 1 ? rows - 1 : random.nextLong(rows);
    }

    /** The forward pass' bound for a row, and twice the rounding of what is stored on the way. */
    private static double bound(
            AttentionInputs in,
            BackwardInputs given,
            Tensor gradient,
            @Nullable DataType precision,
            double magnitude) {
        DataType output = given.output().dataType();
        double bound = Verdict.bound(in, gradient.dataType(), precision, magnitude);
        return output == DataType.F32 ? bound : bound + Verdict.bound(in, output, null, magnitude);
    }

    private static Tensor rank4(Tensor tensor) {
        return tensor.rank() == 4 ? tensor : tensor.splitDim(0, 1);
    }

    private static void checkInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the comparison with float64 was interrupted");
        }
    }

    /**
     * Whether the gradients are right as far as rounding allows.
     *
     * @return true if each is
     */
    public boolean ok() {
        return within(1);
    }

    /**
     * Whether every error is within some multiple of its bound.
     *
     * @param factor at least 1
     * @return true if no gradient is worse than that
     */
    public boolean within(double factor) {
        return query.within(factor) && key.within(factor) && value.within(factor);
    }

    /**
     * The gradient that takes the greatest share of its bound.
     *
     * @return one of the three
     */
    public Part worst() {
        Part worst = query;
        for (Part part : new Part[] {key, value}) {
            if (share(part) > share(worst)) {
                worst = part;
            }
        }
        return worst;
    }

    private static double share(Part part) {
        double ofBound = part.relativeError == 0 ? 0 : part.relativeError / part.bound;
        return Double.isNaN(ofBound)
                ? Double.POSITIVE_INFINITY
                : Math.max(ofBound, part.greatestShare);
    }

    /** One line for a person. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: relative errors %.2e, %.2e, %.2e of bounds %.2e, %.2e, %.2e",
                ok() ? "ok" : "FAILED",
                query.relativeError,
                key.relativeError,
                value.relativeError,
                query.bound,
                key.bound,
                value.bound);
    }
}
