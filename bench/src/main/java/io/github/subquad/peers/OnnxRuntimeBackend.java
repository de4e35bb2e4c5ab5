package io.github.subquad.peers;

import ai.onnxruntime.OrtEnvironment;

import io.github.subquad.AttentionBackend;
import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Device;

import java.util.List;

/** ONNX Runtime's {@code MultiHeadAttention}. */
public final class OnnxRuntimeBackend implements AttentionBackend {
    /** For the service loader. */
    public OnnxRuntimeBackend() {}

    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public int rank(Device device) {
        return -1;
    }

    @Override
    public List<Device> devices() {
        String version = OrtEnvironment.class.getPackage().getImplementationVersion();
        return List.of(
                Probe.nativeLibrary(
                        name(), "ONNX Runtime " + version, OrtEnvironment::getEnvironment));
    }

    @Override
    public AttentionEngine open(Device device, AttentionOptions options) {
        return new OnnxRuntimeEngine(device, options);
    }
}
