package io.github.subquad.cli;

import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.AttnGradChunk;
import io.github.subquad.BackwardInputs;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.GradientEngine;
import io.github.subquad.GradientOutputs;
import io.github.subquad.KeptWeights;
import io.github.subquad.tensor.Tensor;

/** The reference, whose gradients of the keys it makes too great by a factor. */
record ErringBackwardEngine(AttentionEngine right, float factor) implements AttentionEngine {
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
        return right.summarizeChunk(chunk);
    }

    @Override
    public GradientEngine gradients() {
        return new Gradients(right.gradients(), factor);
    }

    @Override
    public long peakBytes() {
        return right.peakBytes();
    }

    @Override
    public void close() {
        right.close();
    }

    private record Gradients(GradientEngine right, float factor) implements GradientEngine {
        @Override
        public ChunkPlan planForward(AttentionShape shape) {
            return right.planForward(shape);
        }

        @Override
        public ChunkPlan planBackward(AttentionShape shape) {
            return right.planBackward(shape);
        }

        @Override
        public KeptWeights forward(
                AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan) {
            return right.forward(inputs, outputs, plan);
        }

        @Override
        public void backward(
                BackwardInputs inputs,
                GradientOutputs gradients,
                KeptWeights kept,
                ChunkPlan plan) {
            right.backward(inputs, gradients, kept, plan);
            Tensor key = gradients.key();
            for (long h = 0; h < key.size(1); h++) {
                for (long j = 0; j < key.size(2); j++) {
                    for (long c = 0; c < key.size(3); c++) {
                        key.set(factor * key.get(0, h, j, c), 0, h, j, c);
                    }
                }
            }
        }

        @Override
        public AttnGradChunk differentiateChunk(BackwardInputs chunk, boolean ofMask) {
            return right.differentiateChunk(chunk, ofMask);
        }
    }
}
