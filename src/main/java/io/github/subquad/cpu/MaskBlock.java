package io.github.subquad.cpu;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The part of a mask that meets a block of keys, as numbers to add to scores: truth values become 0
 * and −∞. Not thread-safe.
 */
final class MaskBlock {
    /** What a block of a mask does to scores. */
    enum Effect {
        /** Adds 0 everywhere. */
        NOTHING,
        /** Adds something somewhere. */
        SOMETHING,
        /** Hides every pair. */
        HIDES_ALL
    }

    private static final int HIDDEN = Float.floatToRawIntBits(Float.NEGATIVE_INFINITY);

    private final RowCopy rowCopy;
    private final float[] rows;

    MaskBlock(RowCopy rowCopy, int queries, int keyBlock) {
        this.rowCopy = rowCopy;
        rows = new float[queries * keyBlock];
    }

    static long bytes(int queries, int keyBlock) {
        return Float.BYTES * (long) queries * keyBlock;
    }

    /** Whether all queries of a head share one row. */
    static boolean isPerKey(@Nullable Tensor mask) {
        return mask != null && (mask.stride(2) == 0 || mask.size(2) == 1);
    }

    /** The staged rows. */
    float[] rows() {
        return rows;
    }

    /**
     * Stages {@code n} keys from {@code key} for {@code queries} rows from {@code query}, packed.
     */
    Effect stage(Tensor mask, long batch, long head, long query, int queries, long key, int n) {
        return stage(mask, batch, head, query, queries, key, n, n);
    }

    /** The same, with each row {@code stride} floats after the one before. */
    Effect stage(
            Tensor mask,
            long batch,
            long head,
            long query,
            int queries,
            long key,
            int n,
            int stride) {
        int added = 0; // bits, gathered by loops that the compiler turns into vectors
        int shown = 0;
        for (int i = 0; i < queries; i++) {
            long at = mask.byteOffset(batch, head, query + i, key);
            stageRow(mask, at, i * stride, n);
            for (int j = i * stride; j < i * stride + n; j++) {
                int bits = Float.floatToRawIntBits(rows[j]);
                added |= bits << 1; // without the sign: −0 adds nothing
                shown |= bits ^ HIDDEN;
            }
        }
        return shown == 0 ? Effect.HIDES_ALL : added == 0 ? Effect.NOTHING : Effect.SOMETHING;
    }

    private void stageRow(Tensor mask, long byteOffset, int at, int n) {
        MemorySegment segment = mask.segment();
        if (mask.dataType() != DataType.BOOL) {
            rowCopy.read(segment, mask.dataType(), byteOffset, n, rows, at);
            return;
        }
        for (int j = 0; j < n; j++) {
            boolean visible = segment.get(ValueLayout.JAVA_BYTE, byteOffset + j) != 0;
            rows[at + j] = visible ? 0 : Float.NEGATIVE_INFINITY;
        }
    }
}
