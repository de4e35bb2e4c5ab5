package io.github.subquad.cli;

import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;

import java.util.Set;

/**
 * The reference, whose thread is interrupted, as by Ctrl-C, once another engine had its turn.
 *
 * @param right which computes
 * @param busy the engines that have computed so far
 */
record InterruptedEngine(AttentionEngine right, Set<AttentionEngine> busy)
        implements AttentionEngine {
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
        busy.add(right);
        if (busy.size() > 1) {
            Thread.currentThread().interrupt();
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
