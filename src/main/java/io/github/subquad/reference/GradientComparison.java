package io.github.subquad.reference;

import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionInputs;
import io.github.subquad.BackwardInputs;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

/** Gradients beside those of the reference, row by row: all rows, or a seeded sample. */
final class GradientComparison {
    private final BackwardInputs given;
    private final AttentionInputs in;
    private final ReferenceGradients reference;
    private final Tensor query;
    private final Tensor key;
    private final Tensor value;
    private final @Nullable DataType precision;
    private final SplittableRandom random;

    GradientComparison(
            BackwardInputs given, AttentionGradients got, @Nullable DataType precision, long seed) {
        this.given = given;
        this.precision = precision;
        in = given.call();
        reference = new ReferenceGradients(in, given.gradOutput());
        query = GradientVerdict.rank4(got.query());
        key = GradientVerdict.rank4(got.key());
        value = GradientVerdict.rank4(got.value());
        random = new SplittableRandom(seed);
    }

    long queryRows() {
        return query.size(0) * query.size(1) * query.size(2);
    }

    long keyRows() {
        return key.size(0) * key.size(1) * key.size(2);
    }

    /**
     * Compares.
     *
     * @param ofRow what is known of a query row whose gradient is compared
     * @param mostQueryRows query rows that are compared, if there are more
     * @param ofAll what is known of the query rows that contribute to a key
     * @param mostKeyRows keys that are compared, if there are more
     */
    GradientVerdict verdict(
            ReferenceGradients.Terms ofRow,
            long mostQueryRows,
            ReferenceGradients.Terms ofAll,
            long mostKeyRows) {
        var queries = new PartSums(queryRows());
        for (long n = 0; n < Math.min(mostQueryRows, queryRows()); n++) {
            addQuery(pick(n, mostQueryRows, queryRows()), ofRow, queries);
        }
        var keys = new PartSums(keyRows());
        var values = new PartSums(keyRows());
        for (long n = 0; n < Math.min(mostKeyRows, keyRows()); n++) {
            addKey(pick(n, mostKeyRows, keyRows()), ofAll, keys, values);
        }
        return new GradientVerdict(queries.part(), keys.part(), values.part());
    }

    /** All rows in turn, or the first, the last and then some. */
    private long pick(long n, long most, long rows) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the comparison with float64 was interrupted");
        }
        return most >= rows || n == 0 ? n : n == 1 ? rows - 1 : random.nextLong(rows);
    }

    private void addQuery(long row, ReferenceGradients.Terms terms, PartSums queries) {
        long i = row % query.size(2);
        long h = row / query.size(2) % query.size(1);
        long b = row / query.size(2) / query.size(1);
        RowTerms own = terms.of(b, h, i);
        var expected = reference.queryRow(b, h, i, own);
        double bound = bound(query, own.magnitude()) * expected.noise();
        queries.add(expected.gradient(), bound, query, b, h, i);
    }

    private void addKey(long row, ReferenceGradients.Terms terms, PartSums keys, PartSums values) {
        long j = row % key.size(2);
        long h = row / key.size(2) % key.size(1);
        long b = row / key.size(2) / key.size(1);
        var expected = reference.keyRow(b, h, j, terms);
        double magnitude = expected.magnitude();
        keys.add(expected.key(), bound(key, magnitude) * expected.keyNoise(), key, b, h, j);
        values.add(
                expected.value(), bound(value, magnitude) * expected.valueNoise(), value, b, h, j);
    }

    /** The forward pass' bound for a row, and twice the rounding of what is stored on the way. */
    private double bound(Tensor gradient, double magnitude) {
        DataType output = given.output().dataType();
        double bound = Verdict.bound(in, gradient.dataType(), precision, magnitude);
        return output == DataType.F32 ? bound : bound + Verdict.bound(in, output, null, magnitude);
    }
}
