package io.github.subquad.peers;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

import io.github.subquad.AttentionBackend;
import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Device;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** ONNX Runtime's {@code MultiHeadAttention}. */
public final class OnnxRuntimeBackend implements AttentionBackend {
    private static final long LARGE_STACK = 256L << 20;

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
                Probe.nativeLibrary(name(), "ONNX Runtime " + version, OnnxRuntimeBackend::load));
    }

    /**
     * While it is loaded, ONNX Runtime 1.29 matches the command line of the process, for its
     * telemetry, by a recursion of some 200 bytes a letter: 5,000 letters overflow a usual stack,
     * and the process ends without a word. So a thread with a large stack loads it.
     */
    private static void load() throws OrtException, InterruptedException, ExecutionException {
        var loading = new FutureTask<>(OrtEnvironment::getEnvironment);
        Thread.ofPlatform().daemon().stackSize(LARGE_STACK).start(loading);
        loading.get().setTelemetry(false);
    }

    @Override
    public AttentionEngine open(Device device, AttentionOptions options) {
        return new OnnxRuntimeEngine(device, options);
    }
}
