package io.github.subquad;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Attention whose answer is known in closed form: key j scores ln w(j) against every query, so the
 * output is the mean of the values weighted by w. Run once a device.
 */
final class SelfCheck {
    /** Few, and more than a block of lanes: engines may have a kernel for each. */
    private static final int[] QUERIES = {5, 70};

    private static final int KEYS = 37;
    private static final int CHANNELS = 3;
    private static final double TOLERANCE = 1e-5;

    private static final Map<String, Optional<String>> FAILURES = new ConcurrentHashMap<>();

    private SelfCheck() {}

    /** Why the device must not be trusted, or null. */
    static @Nullable String failure(AttentionBackend backend, Device device) {
        return FAILURES.computeIfAbsent(
                        device.address(), address -> Optional.ofNullable(check(backend, device)))
                .orElse(null);
    }

    private static @Nullable String check(AttentionBackend backend, Device device) {
        try (AttentionEngine engine = backend.open(device, AttentionOptions.DEFAULTS)) {
            for (int queries : QUERIES) {
                String failure = run(engine, queries);
                if (failure != null) {
                    return failure;
                }
            }
            return null;
        } catch (BackendException e) {
            return e.getMessage();
        }
    }

    private static @Nullable String run(AttentionEngine engine, int queries) {
        Tensor query = Tensor.allocate(DataType.F32, 1, 1, queries, CHANNELS);
        Tensor key = Tensor.allocate(DataType.F32, 1, 1, KEYS, CHANNELS);
        Tensor value = Tensor.allocate(DataType.F32, 1, 1, KEYS, 1);
        Tensor output = Tensor.allocate(DataType.F32, 1, 1, queries, 1);
        for (int i = 0; i < queries; i++) {
            query.set(1, 0, 0, i, 0);
        }
        double weights = 0;
        double weighted = 0;
        for (int j = 0; j < KEYS; j++) {
            int w = 1 + j * j % 11;
            weights += w;
            weighted += w * (j - 20.0);
            key.set((float) Math.log(w), 0, 0, j, 0);
            key.set(j, 0, 0, j, 1); // meets a zero of the query
            value.set(j - 20, 0, 0, j, 0);
        }
        var inputs = new AttentionInputs(query, key, value, null, 1, Causal.EVERYTHING);
        var meter = new ProgressMeter(queries, ProgressListener.NONE);
        engine.attend(
                inputs, new AttentionOutputs(output, null, meter), engine.plan(inputs.shape()));
        double expected = weighted / weights;
        for (int i = 0; i < queries; i++) {
            float got = output.get(0, 0, i, 0);
            if (!(Math.abs(got - expected) <= TOLERANCE)) {
                return "self-check: expected %s, got %s in row %d".formatted(expected, got, i);
            }
        }
        return null;
    }
}
