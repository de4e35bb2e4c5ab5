package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.GradientEngine;
import io.github.subquad.Kernel;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;

import java.util.List;

/**
 * One call of {@code dotProductAttention}, which takes {@code [batch, channels, tokens]} and builds
 * all scores. Views in that order are no slower than copies: ND4J orders them inside as it likes.
 */
final class Nd4jEngine extends PeerEngine {
    Nd4jEngine(Device device, AttentionOptions options) {
        super(device, options, new Refusals("ND4J's dotProductAttention"));
        refusals().check(options, Kernel.STAGED);
        refusals().checkNoChunks(options);
        refusals().checkNoBudget(options);
        refusals().checkNotCausal(options);
        if (options.scale() != null) {
            throw new IllegalArgumentException(
                    "scale: ND4J's is 1/sqrt(channels), expected none, got " + options.scale());
        }
    }

    @Override
    ChunkPlan planChecked(AttentionShape shape) {
        refusals().checkNotGrouped(shape);
        var scores = new ChunkPlan.Buffer("scores of all heads", 1, shape.scoreMatrixBytes());
        return whole(shape, Kernel.STAGED, List.of(scores));
    }

    @Override
    void compute(AttentionInputs in, Tensor output, ChunkPlan plan) {
        if (in.mask() != null) {
            throw refusals().wrong("mask", "none", in.mask());
        }
        INDArray query = view("query", in.query());
        INDArray key = view("key", in.key());
        INDArray value = view("value", in.value());
        INDArray target = view("output", output);
        useThreads(plan.threads());
        long start = System.nanoTime();
        try (INDArray result = Nd4j.nn().dotProductAttention(query, key, value, null, true)) {
            long computed = System.nanoTime();
            target.assign(result);
            report(computed - start, System.nanoTime() - computed);
        }
    }

    @Override
    public GradientEngine gradients() {
        throw refusals().noGradients("only a graph of SameDiff differentiates it, not a call");
    }

    /** ND4J's own; OpenBLAS below it stays at one, as more only slow it down. */
    private static void useThreads(int threads) {
        Environment environment = Nd4j.getEnvironment();
        if (environment.maxMasterThreads() != threads) {
            environment.setMaxMasterThreads(threads);
        }
        if (environment.maxThreads() != threads) {
            environment.setMaxThreads(threads);
        }
    }

    /** {@code [batch*heads, channels, tokens]}, not a copy. Not closed: its memory is ours. */
    private INDArray view(String name, Tensor tensor) {
        if (tensor.dataType() != DataType.F32) {
            throw refusals().wrong(name, "F32", tensor);
        }
        Tensor t = Heads.asBatch(name, tensor, refusals());
        long length = (t.size(0) - 1) * t.stride(0) + (t.size(1) - 1) * t.stride(1) + t.size(2);
        var pointer = new FloatPointer(new Pointer(Buffers.from(name, t))).capacity(length);
        return Nd4j.create(
                Nd4j.createBuffer(pointer, length, org.nd4j.linalg.api.buffer.DataType.FLOAT),
                new long[] {t.size(0), t.size(2), t.size(1)},
                new long[] {t.stride(0), 1, t.stride(1)},
                0,
                'c');
    }
}
