package io.github.subquad.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.BackendException;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.GradientEngine;
import io.github.subquad.Kernel;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of {@code MultiHeadAttention}, straight into the output where that is contiguous float32.
 * Its threads spin while a call runs, as they do by default, and stop at its end: else they would
 * still burn a core while the next row is measured.
 */
final class OnnxRuntimeEngine extends PeerEngine {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final Map<Model, OrtSession> sessions = new HashMap<>();

    /** What a session is made for. */
    private record Model(AttentionShape shape, double scale, boolean causal) {
        byte[] bytes() {
            return OnnxModel.multiHeadAttention(shape, (float) scale, causal);
        }
    }

    OnnxRuntimeEngine(Device device, AttentionOptions options) {
        super(device, options, new Refusals("ONNX Runtime's MultiHeadAttention"));
        refusals().check(options, Kernel.FUSED);
        refusals().checkNoChunks(options);
        refusals().checkNoBudget(options);
    }

    @Override
    ChunkPlan planChecked(AttentionShape shape) {
        refusals().checkNotGrouped(shape);
        refusals().checkAligned(options(), shape);
        return whole(shape, Kernel.FUSED, List.of());
    }

    @Override
    void compute(AttentionInputs in, Tensor output, ChunkPlan plan) {
        if (in.mask() != null) {
            throw refusals().wrong("mask", "none", in.mask());
        }
        boolean direct = output.isContiguous() && output.dataType() == DataType.F32;
        Tensor target = direct ? output : Tensor.allocate(DataType.F32, output.shape());
        try (var query = wrap("query", in.query());
                var key = wrap("key", in.key());
                var value = wrap("value", in.value());
                var result = wrap("output", target)) {
            OrtSession session = session(new Model(plan.shape(), in.scale(), !in.seesEveryKey()));
            var inputs = Map.of("query", query, "key", key, "value", value);
            long start = System.nanoTime();
            session.run(inputs, Map.of("output", result)).close();
            long computed = System.nanoTime();
            if (!direct) {
                output.copyFrom(target);
            }
            report(computed - start, System.nanoTime() - computed);
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    private synchronized OrtSession session(Model model) throws OrtException {
        OrtSession session = sessions.get(model);
        if (session == null) {
            session = open(model);
            sessions.put(model, session);
        }
        return session;
    }

    private OrtSession open(Model model) throws OrtException {
        try (var settings = new OrtSession.SessionOptions()) {
            settings.setIntraOpNumThreads(options().threadCount());
            settings.setInterOpNumThreads(1);
            settings.addConfigEntry("session.force_spinning_stop", "1");
            return environment.createSession(model.bytes(), settings);
        }
    }

    /** {@code [batch*heads, tokens, channels]}, not a copy. */
    private OnnxTensor wrap(String name, Tensor tensor) throws OrtException {
        if (tensor.dataType() != DataType.F32) {
            throw refusals().wrong(name, "F32", tensor);
        }
        return OnnxTensor.createTensor(
                environment,
                Buffers.of(name, tensor).asFloatBuffer(),
                new long[] {tensor.size(0) * tensor.size(1), tensor.size(2), tensor.size(3)});
    }

    private BackendException failed(OrtException e) {
        return new BackendException(device().address(), e.toString(), "please report this");
    }

    @Override
    public GradientEngine gradients() {
        throw refusals().noGradients("its packages for Java infer, and do not train");
    }

    @Override
    public synchronized void close() {
        super.close();
        try {
            for (OrtSession session : sessions.values()) {
                session.close();
            }
        } catch (OrtException e) {
            throw failed(e);
        } finally {
            sessions.clear();
        }
    }
}
