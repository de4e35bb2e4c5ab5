package io.github.subquad.peers;

import io.github.subquad.AttentionBackend;
import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Device;

import java.util.List;

/** The original's {@code efficient_dot_product_attention}, step for step on PyTorch's operators. */
public final class OriginalBackend implements AttentionBackend {
    /** For the service loader. */
    public OriginalBackend() {}

    @Override
    public String name() {
        return "original";
    }

    @Override
    public int rank(Device device) {
        return -1;
    }

    @Override
    public List<Device> devices() {
        return List.of(Torch.device(name(), "the original algorithm on "));
    }

    @Override
    public AttentionEngine open(Device device, AttentionOptions options) {
        return new OriginalEngine(device, options);
    }
}
