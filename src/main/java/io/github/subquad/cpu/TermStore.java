package io.github.subquad.cpu;

import io.github.subquad.AttentionShape;
import io.github.subquad.BackwardInputs;
import io.github.subquad.tensor.Tensor;

/**
 * What the backward pass knows of each query row as a whole: minus its log-sum-exp in base 2, and Σ
 * gradOutput · output. Rows are numbered over all heads.
 */
final class TermStore implements AutoCloseable {
    private final long rows;
    private final OffHeap terms;

    TermStore(AttentionShape shape) {
        rows = shape.queryHeads() * shape.queryTokens();
        terms = new OffHeap(2 * rows, "terms of query rows");
    }

    static long bytes(AttentionShape shape) {
        return 2L * Float.BYTES * shape.queryHeads() * shape.queryTokens();
    }

    /** Minus the log-sum-exp of a row in base 2; −∞ for a row that sees nothing. */
    static float neg(BackwardInputs in, Rows rows, int i) {
        Tensor lse = in.logSumExp();
        long at = lse.byteOffset(rows.batch(), rows.head(), rows.first() + i);
        double logSumExp = lse.dataType().read(lse.segment(), at);
        return logSumExp == Double.NEGATIVE_INFINITY
                ? Float.NEGATIVE_INFINITY // every weight is 0
                : (float) (-logSumExp / OnlineSoftmax.LN_2);
    }

    /** Σ gradOutput · output of packed row i. */
    static float delta(float[] gradOutput, float[] output, int i, int valueChannels) {
        double sum = 0;
        for (int c = i * valueChannels; c < (i + 1) * valueChannels; c++) {
            sum += (double) gradOutput[c] * output[c];
        }
        return (float) sum;
    }

    void write(long row, int n, float[] neg, float[] delta) {
        terms.write(neg, n, row);
        terms.write(delta, n, rows + row);
    }

    void read(long row, int n, float[] neg, float[] delta) {
        terms.read(row, neg, n);
        terms.read(rows + row, delta, n);
    }

    @Override
    public void close() {
        terms.close();
    }
}
