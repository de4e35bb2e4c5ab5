package io.github.subquad;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/** Checks the tensors of a call and brings them to the form that engines take. */
final class Inputs {
    /** Never started: asks whether some other thread may read a segment. */
    private static final Thread OTHER = new Thread(() -> {}, "subquad-probe");

    private Inputs() {}

    static AttentionInputs checked(
            Tensor query,
            Tensor key,
            Tensor value,
            @Nullable Tensor mask,
            double scale,
            Causal causal) {
        AttentionShape shape = AttentionShape.of(query, key, value);
        Tensor q = rank4(numbers("query", query));
        return new AttentionInputs(
                q,
                rank4(numbers("key", key)),
                rank4(numbers("value", value)),
                mask == null ? null : expanded(mask, q, shape.keyTokens()),
                scale,
                causal.diagonal(shape.queryTokens(), shape.keyTokens()));
    }

    /** Batch and heads in one become a batch of 1. */
    static Tensor rank4(Tensor tensor) {
        return tensor.rank() == 4 ? tensor : tensor.splitDim(0, 1);
    }

    static Tensor numbers(String name, Tensor tensor) {
        if (!tensor.dataType().isFloat()) {
            throw new IllegalArgumentException(
                    "%s: expected F32, F16 or BF16, got %s".formatted(name, tensor));
        }
        return unitStride(name, tensor);
    }

    private static Tensor unitStride(String name, Tensor tensor) {
        if (tensor.size(-1) > 1 && tensor.stride(-1) != 1) {
            throw new IllegalArgumentException(
                    "%s: expected neighbours along the last dimension side by side, got stride %d"
                            .formatted(name, tensor.stride(-1)));
        }
        return tensor;
    }

    /** A mask of rank 2, 3 or 4 as {@code [batch, heads, queries, keys]}. */
    static Tensor expanded(Tensor mask, Tensor query, long keyTokens) {
        long batch = query.size(0);
        long heads = query.size(1);
        Tensor m = unitStride("mask", mask);
        if (m.rank() == 2) {
            m = m.splitDim(0, 1);
        }
        if (m.rank() == 3) {
            m = m.splitDim(0, m.size(0) == batch * heads ? batch : 1);
        }
        if (m.rank() != 4
                || !fits(m.size(0), batch)
                || !fits(m.size(1), heads)
                || !fits(m.size(2), query.size(2))
                || m.size(3) != keyTokens) {
            throw new IllegalArgumentException(
                    "mask: expected [1|%d, 1|%d, %d] or [1|%d, 1|%d, 1|%d, %d], got %s"
                            .formatted(
                                    batch * heads,
                                    query.size(2),
                                    keyTokens,
                                    batch,
                                    heads,
                                    query.size(2),
                                    keyTokens,
                                    mask));
        }
        return m.expand(0, batch).expand(1, heads).expand(2, query.size(2));
    }

    private static boolean fits(long size, long wanted) {
        return size == 1 || size == wanted;
    }

    /** Wider inputs rounded to the precision asked for. */
    static AttentionInputs rounded(AttentionInputs in, @Nullable DataType precision) {
        if (precision == null || precision == DataType.F32) {
            return in; // widening is exact, and the kernels do it
        }
        return new AttentionInputs(
                rounded(in.query(), precision),
                rounded(in.key(), precision),
                rounded(in.value(), precision),
                in.mask(),
                in.scale(),
                in.diagonal());
    }

    /** What {@link #rounded} allocates, if all inputs are wider. */
    static List<ChunkPlan.Buffer> roundedBuffers(
            AttentionShape shape, @Nullable DataType precision) {
        if (precision == null || precision == DataType.F32) {
            return List.of();
        }
        long query = shape.queryHeads() * shape.queryTokens() * shape.channels();
        long keys = shape.keyHeads() * shape.keyTokens();
        long numbers = query + keys * (shape.channels() + shape.valueChannels());
        return List.of(
                new ChunkPlan.Buffer(
                        "inputs rounded to " + precision, 1, precision.bytes() * numbers));
    }

    static long roundedBytes(AttentionShape shape, @Nullable DataType precision) {
        return roundedBuffers(shape, precision).stream()
                .mapToLong(ChunkPlan.Buffer::totalBytes)
                .sum();
    }

    private static Tensor rounded(Tensor tensor, DataType precision) {
        return tensor.dataType() == DataType.F32 ? tensor.to(precision) : tensor;
    }

    static void checkThreads(int threads, @Nullable Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (threads > 1 && tensor != null && !tensor.segment().isAccessibleBy(OTHER)) {
                throw new IllegalArgumentException(
                        "%s lies in a confined arena, which only its owner may read; use a shared"
                                        .formatted(tensor)
                                + " or automatic arena, or threads = 1");
            }
        }
    }

    static long[] withoutLast(long[] shape) {
        return Arrays.copyOf(shape, shape.length - 1);
    }
}
