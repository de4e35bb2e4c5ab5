package io.github.subquad.reference;

import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.GradientEngine;
import io.github.subquad.StagedPlanner;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Each chunk's sums in float64, rounded once; the orchestrator merges them as for any engine. */
final class ReferenceEngine implements AttentionEngine {
    private final Device device;
    private final AttentionOptions options;
    private final AtomicLong peakBytes = new AtomicLong();

    ReferenceEngine(Device device, AttentionOptions options) {
        this.device = device;
        this.options = options;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public ChunkPlan plan(AttentionShape shape) {
        return StagedPlanner.plan(
                shape, options, 1, (rows, keys) -> List.of(rowScratch(shape, keys)));
    }

    private static ChunkPlan.Buffer rowScratch(AttentionShape shape, long keys) {
        return new ChunkPlan.Buffer(
                "scores and sums of a row", 1, 8 * (keys + shape.valueChannels()));
    }

    @Override
    public AttnChunk summarizeChunk(AttentionInputs chunk) {
        AttentionShape shape = chunk.shape();
        int channels = Math.toIntExact(shape.valueChannels());
        int rows = Math.toIntExact(shape.queryHeads() * shape.queryTokens());
        peakBytes.accumulateAndGet(rowScratch(shape, shape.keyTokens()).bytes(), Math::max);
        AttnChunk sums = AttnChunk.empty(rows, channels);
        int at = 0;
        for (long b = 0; b < chunk.query().size(0); b++) {
            for (long h = 0; h < chunk.query().size(1); h++) {
                for (long i = 0; i < shape.queryTokens(); i++, at++) {
                    ReferenceRow row = ReferenceRow.of(chunk, b, h, i);
                    sums.maxScore()[at] = (float) row.maxScore();
                    sums.expWeightsSum()[at] = (float) row.expWeightsSum();
                    for (int c = 0; c < channels; c++) {
                        sums.expValues()[at * channels + c] = (float) row.expValues()[c];
                    }
                }
            }
        }
        return sums;
    }

    @Override
    public GradientEngine gradients() {
        return new ReferenceGradientEngine(this, options, peakBytes);
    }

    @Override
    public long peakBytes() {
        return peakBytes.get();
    }

    @Override
    public void close() {}
}
