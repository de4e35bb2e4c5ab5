package io.github.subquad.reference;

import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnGradChunk;
import io.github.subquad.BackwardInputs;
import io.github.subquad.ChunkPlan;
import io.github.subquad.GradientEngine;
import io.github.subquad.GradientOrchestrator;
import io.github.subquad.GradientOutputs;
import io.github.subquad.KeptWeights;
import io.github.subquad.StagedPlanner;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Each chunk's gradients in float64, rounded once, and added as for any engine. */
final class ReferenceGradientEngine implements GradientEngine {
    private final AttentionEngine forward;
    private final AttentionOptions options;
    private final AtomicLong peakBytes;

    ReferenceGradientEngine(
            AttentionEngine forward, AttentionOptions options, AtomicLong peakBytes) {
        this.forward = forward;
        this.options = options;
        this.peakBytes = peakBytes;
    }

    @Override
    public ChunkPlan planForward(AttentionShape shape) {
        return forward.plan(shape);
    }

    @Override
    public ChunkPlan planBackward(AttentionShape shape) {
        return StagedPlanner.planBackward(
                shape,
                options,
                1,
                (rows, keys) -> List.of(rowScratch(shape.withTokens(rows, keys))));
    }

    private static ChunkPlan.Buffer rowScratch(AttentionShape chunk) {
        long channels = chunk.channels() + chunk.valueChannels();
        return new ChunkPlan.Buffer("float64 of a row", 1, 8 * (chunk.keyTokens() + channels));
    }

    /** An oracle keeps nothing: it recomputes. */
    @Override
    public KeptWeights forward(AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan) {
        forward.attend(inputs, outputs, plan);
        return KeptWeights.NONE;
    }

    @Override
    public void backward(
            BackwardInputs inputs, GradientOutputs gradients, KeptWeights kept, ChunkPlan plan) {
        GradientOrchestrator.backward(this, inputs, gradients, plan);
    }

    @Override
    public AttnGradChunk differentiateChunk(BackwardInputs chunk, boolean ofMask) {
        AttentionShape shape = chunk.shape();
        peakBytes.accumulateAndGet(rowScratch(shape).bytes(), Math::max);
        AttnGradChunk sums = AttnGradChunk.zeros(shape, ofMask);
        var reference = new ReferenceGradients(chunk.call(), chunk.gradOutput());
        int at = 0;
        for (long b = 0; b < chunk.call().query().size(0); b++) {
            for (long h = 0; h < chunk.call().query().size(1); h++) {
                for (long i = 0; i < shape.queryTokens(); i++, at++) {
                    var row = reference.queryRow(b, h, i, RowTerms.given(chunk, b, h, i));
                    round(row.gradient(), sums.query(), at);
                    if (sums.mask() != null) {
                        round(row.scores(), sums.mask(), at);
                    }
                }
            }
        }
        at = 0;
        for (long b = 0; b < chunk.call().key().size(0); b++) {
            for (long h = 0; h < chunk.call().key().size(1); h++) {
                for (long j = 0; j < shape.keyTokens(); j++, at++) {
                    var row =
                            reference.keyRow(
                                    b, h, j, (b2, h2, i) -> RowTerms.given(chunk, b2, h2, i));
                    round(row.key(), sums.key(), at);
                    round(row.value(), sums.value(), at);
                }
            }
        }
        return sums;
    }

    private static void round(double[] row, float[] sums, int at) {
        for (int c = 0; c < row.length; c++) {
            sums[at * row.length + c] = (float) row[c];
        }
    }
}
