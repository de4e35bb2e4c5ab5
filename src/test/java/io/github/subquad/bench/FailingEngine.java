package io.github.subquad.bench;

import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.BackendException;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;

import java.util.concurrent.atomic.AtomicInteger;

/** The reference, which fails once it has summarized some chunks. */
final class FailingEngine implements AttentionEngine {
    private final AttentionEngine right;
    private final AtomicInteger left;

    FailingEngine(AttentionEngine right, int chunks) {
        this.right = right;
        left = new AtomicInteger(chunks);
    }

    @Override
    public Device device() {
        return right.device();
    }

    @Override
    public ChunkPlan plan(AttentionShape shape) {
        return right.plan(shape);
    }

    @Override
    public AttnChunk summarizeChunk(AttentionInputs chunk) {
        if (left.getAndDecrement() <= 0) {
            throw new BackendException(device().address(), "lost its power", "plug it in");
        }
        return right.summarizeChunk(chunk);
    }

    @Override
    public long peakBytes() {
        return right.peakBytes();
    }

    @Override
    public void close() {
        right.close();
    }
}
