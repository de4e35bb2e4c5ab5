package io.github.subquad.peers;

import io.github.subquad.AttentionBackend;
import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Device;

import java.util.List;

/** Softmax of the scores times the values in plain Java, as one would write it down. */
public final class NaiveBackend implements AttentionBackend {
    /** For the service loader. */
    public NaiveBackend() {}

    @Override
    public String name() {
        return "naive";
    }

    @Override
    public int rank(Device device) {
        return -1;
    }

    @Override
    public List<Device> devices() {
        return List.of(Probe.plain(name(), "three loops in plain Java"));
    }

    @Override
    public AttentionEngine open(Device device, AttentionOptions options) {
        return new NaiveEngine(device, options);
    }
}
