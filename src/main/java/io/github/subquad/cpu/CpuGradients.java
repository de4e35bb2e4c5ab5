package io.github.subquad.cpu;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnGradChunk;
import io.github.subquad.BackwardInputs;
import io.github.subquad.ChunkPlan;
import io.github.subquad.GradientEngine;
import io.github.subquad.GradientOutputs;
import io.github.subquad.KeptWeights;
import io.github.subquad.ProgressMeter;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Gradients on the processor's cores: fused, whatever the form of the forward pass. Each gradient
 * has the same bits for any number of threads.
 */
final class CpuGradients implements GradientEngine {
    private final CpuEngine engine;
    private final AttentionOptions options;
    private final GradientPlanner planner;
    private final ScratchPool memory;

    CpuGradients(CpuEngine engine, AttentionOptions options, ScratchPool memory) {
        this.engine = engine;
        this.options = options;
        this.memory = memory;
        planner = new GradientPlanner(options);
    }

    @Override
    public ChunkPlan planForward(AttentionShape shape) {
        return planner.forward(shape);
    }

    @Override
    public ChunkPlan planBackward(AttentionShape shape) {
        return planner.backward(shape);
    }

    @Override
    public KeptWeights forward(AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan) {
        AttentionShape shape = inputs.shape();
        long stripes = planner.keptStripes(shape);
        if (stripes == 0) {
            engine.attend(inputs, outputs, plan);
            return KeptWeights.NONE;
        }
        var kept = new KeptScores(shape, stripes, memory);
        boolean whole = false;
        try {
            engine.attend(inputs, outputs, plan, kept);
            whole = true;
            return kept;
        } finally {
            if (!whole) {
                kept.close();
            }
        }
    }

    @Override
    public void backward(
            BackwardInputs inputs, GradientOutputs gradients, KeptWeights kept, ChunkPlan plan) {
        run(
                inputs,
                gradients,
                kept instanceof KeptScores scores ? scores : null,
                GradientPlanner.size(plan),
                plan.threads());
    }

    private void run(
            BackwardInputs in,
            GradientOutputs out,
            @Nullable KeptScores kept,
            GradientSize size,
            int threads) {
        engine.share(
                size,
                threads,
                crew -> {
                    try (var call = new BackwardCall(in, out, kept, size, memory)) {
                        crew.run(call.termTasks(), call::runTerms);
                        crew.run(call.tasks(), call::run);
                    }
                });
    }

    @Override
    public AttnGradChunk differentiateChunk(BackwardInputs chunk, boolean ofMask) {
        AttentionInputs call = chunk.call();
        AttentionShape shape = chunk.shape();
        AttnGradChunk sums = AttnGradChunk.zeros(shape, ofMask);
        float[] mask = sums.mask();
        long[] maskShape = call.query().shape();
        maskShape[3] = call.keyTokens();
        run(
                chunk,
                new GradientOutputs(
                        wrap(sums.query(), call.query().shape()),
                        wrap(sums.key(), call.key().shape()),
                        wrap(sums.value(), call.value().shape()),
                        mask == null ? null : wrap(mask, maskShape),
                        ProgressMeter.NONE),
                null,
                GradientSize.best(shape, options),
                options.threadCount());
        return sums;
    }

    private static Tensor wrap(float[] values, long[] shape) {
        return Tensor.wrap(MemorySegment.ofArray(values), DataType.F32, shape);
    }
}
