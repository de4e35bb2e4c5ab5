package io.github.subquad.bench;

import io.github.subquad.AttentionShape;
import io.github.subquad.CallTiming;
import io.github.subquad.Causal;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;

import java.util.List;

/** Rows of known numbers. */
final class SampleRows {
    static final Environment ENVIRONMENT =
            new Environment("A | B \"C\" <X>", 4, 8, 16L << 30, "amd64", "An OS 1", "Java 25");

    private static final Verdict RIGHT = new Verdict(2.5e-7, 5e-7, 0, 1e-6, 0.06, 100, 800);
    private static final Verdict WRONG = new Verdict(1e-3, 2e-3, 0, 1e-6, 250, 100, 800);

    private SampleRows() {}

    /** 8 · 100 · 50 · 32 multiply-adds twice, 5,120,000 operations in 2 µs: 2560 GFLOP/s. */
    static Row right() {
        return row("plain", AttentionShape.of(8, 100, 50, 32), "cpu", "Vector API, 512", RIGHT);
    }

    /** 2 · 1000 · 64 float32 numbers read in 2 µs: 256 GB/s; a name that every format escapes. */
    static Row decoding() {
        var shape = new AttentionShape(4, 1, 1, 1000, 64, 64);
        return row("a|b,\"c\" *d*", shape, "cpu", "Vector API, 512", RIGHT);
    }

    /** Of a device: 1.5 µs of kernels, 3 ms of compiling. */
    private static final DeviceTimes TIMES =
            new DeviceTimes(
                    new CallTiming(3_000_000, 400, 1600, 100, 0), new CallTiming(0, 300, 1500, 100, 0));

    static Row onADevice() {
        return row("there", AttentionShape.of(8, 100, 50, 32), "tornado", "a GPU", RIGHT);
    }

    static Row wrong() {
        return row("broken", AttentionShape.of(8, 100, 50, 32), "test", "errs", WRONG);
    }

    private static Row row(
            String name, AttentionShape shape, String backend, String device, Verdict verdict) {
        return new Row(
                new Workload(name, shape, Causal.NONE, DataType.F32),
                new Device(backend, "0", device, 0, true, "", ""),
                new ChunkPlan(
                        shape,
                        Kernel.FUSED,
                        10,
                        20,
                        50,
                        2,
                        List.of(new ChunkPlan.Buffer("tiles of a thread", 2, 1024))),
                1536,
                verdict,
                new Measurement(6, true, List.of(1900L, 2100L, 2000L)),
                backend.equals("cpu") ? null : TIMES,
                "bin/subquad bench --workload " + name.charAt(0));
    }
}
