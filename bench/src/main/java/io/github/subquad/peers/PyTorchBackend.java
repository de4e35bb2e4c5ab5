package io.github.subquad.peers;

import io.github.subquad.AttentionBackend;
import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Device;

import java.util.List;

/** PyTorch's {@code scaled_dot_product_attention}, through JavaCPP. */
public final class PyTorchBackend implements AttentionBackend {
    /** For the service loader. */
    public PyTorchBackend() {}

    @Override
    public String name() {
        return "pytorch";
    }

    @Override
    public int rank(Device device) {
        return -1;
    }

    @Override
    public List<Device> devices() {
        return List.of(Torch.device(name(), ""));
    }

    @Override
    public AttentionEngine open(Device device, AttentionOptions options) {
        return new PyTorchEngine(device, options);
    }
}
