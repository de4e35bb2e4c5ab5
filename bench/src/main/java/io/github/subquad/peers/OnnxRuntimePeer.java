package io.github.subquad.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import io.github.subquad.tensor.Tensor;

import java.util.Map;

/**
 * ONNX Runtime's {@code MultiHeadAttention}, into a tensor that is kept. Its threads spin while a
 * call runs, as they do by default, and stop at its end: else they would still burn a core while
 * the next peer runs.
 */
final class OnnxRuntimePeer implements Peer {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxTensor> outputs;
    private final Tensor output;

    OnnxRuntimePeer(Problem problem, int threads) {
        output = problem.newOutput();
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.force_spinning_stop", "1");
            byte[] model = OnnxModel.multiHeadAttention(problem.shape());
            session = environment.createSession(model, options);
            inputs =
                    Map.of(
                            "query", wrap(problem.query()),
                            "key", wrap(problem.key()),
                            "value", wrap(problem.value()));
            outputs = Map.of("output", wrap(output));
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime refuses the model", e);
        }
    }

    private OnnxTensor wrap(Tensor tensor) throws OrtException {
        return OnnxTensor.createTensor(
                environment, Buffers.of(tensor).asFloatBuffer(), tensor.shape());
    }

    static String title() {
        return "ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion();
    }

    @Override
    public void run() {
        try {
            session.run(inputs, outputs).close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime fails", e);
        }
    }

    @Override
    public Tensor output() {
        return output;
    }

    @Override
    public void close() {
        try {
            inputs.values().forEach(OnnxTensor::close);
            outputs.values().forEach(OnnxTensor::close);
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not close", e);
        }
    }
}
