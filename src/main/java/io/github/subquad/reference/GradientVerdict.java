package io.github.subquad.reference;

import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionInputs;
import io.github.subquad.BackwardInputs;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
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
        var comparison = new GradientComparison(given, got, precision, seed);
        double pair = 2.0 * (in.query().size(3) + in.value().size(3));
        if (comparison.queryRows() * (double) in.keyTokens() * pair <= Verdict.WORK) {
            ReferenceGradients.Terms exact = RowTerms.allExact(in, grad);
            return comparison.verdict(exact, comparison.queryRows(), exact, comparison.keyRows());
        }
        return comparison.verdict(
                (b, h, i) -> RowTerms.exact(in, grad, b, h, i),
                sample(2 * pair * in.keyTokens()),
                (b, h, i) -> RowTerms.given(given, b, h, i),
                sample(pair * in.shape().groupSize() * in.queryTokens()));
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
        ReferenceGradients.Terms given = (b, h, i) -> RowTerms.given(in, b, h, i);
        return new GradientComparison(in, got, precision, seed).verdict(given, most, given, most);
    }

    private static long sample(double workOfARow) {
        return Math.max(Verdict.LEAST_ROWS, (long) (Verdict.WORK / 2 / workOfARow));
    }

    static Tensor rank4(Tensor tensor) {
        return tensor.rank() == 4 ? tensor : tensor.splitDim(0, 1);
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
