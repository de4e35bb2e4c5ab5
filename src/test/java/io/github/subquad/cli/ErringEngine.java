package io.github.subquad.cli;

import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;

/** The reference, whose weighted sums it makes too great by a factor. */
record ErringEngine(AttentionEngine right, float factor) implements AttentionEngine {
    @Override
    public Device device() {
        return new Device("test", "0", "errs by a factor of " + factor, 0, true, "", "");
    }

    @Override
    public ChunkPlan plan(AttentionShape shape) {
        return right.plan(shape);
    }

    @Override
    public AttnChunk summarizeChunk(AttentionInputs chunk) {
        AttnChunk sums = right.summarizeChunk(chunk);
        for (int i = 0; i < sums.expValues().length; i++) {
            sums.expValues()[i] *= factor;
        }
        return sums;
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
