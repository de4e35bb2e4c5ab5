package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.io.NpyFile;
import io.github.subquad.io.SafetensorsFile;
import io.github.subquad.io.SafetensorsWriter;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/** Tensors to test with, in memory and in files. */
final class Tensors {
    private Tensors() {}

    static Tensor random(long seed, DataType type, long... shape) {
        var random = new SplittableRandom(seed);
        float[] values = new float[(int) Tensor.allocate(type, shape).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape).to(type);
    }

    /** A safetensors file of query, key and value. */
    static Path write(Path file, Tensor query, Tensor key, Tensor value) throws IOException {
        SafetensorsWriter.write(file, Map.of("query", query, "key", key, "value", value), Map.of());
        return file;
    }

    /** A small file with which nothing is wrong: 2 heads, 5 queries, 7 keys, 4 channels. */
    static Path writeSmall(Path file) throws IOException {
        return write(
                file,
                random(1, DataType.F32, 2, 5, 4),
                random(2, DataType.F32, 2, 7, 4),
                random(3, DataType.F32, 2, 7, 4));
    }

    static Path npy(Path file, Tensor tensor) throws IOException {
        NpyFile.write(file, tensor);
        return file;
    }

    /** A copy in memory of a tensor in a safetensors file. */
    static Tensor read(Path file, String name) throws IOException {
        try (var tensors = SafetensorsFile.open(file)) {
            Tensor tensor = tensors.tensor(name);
            return tensor.to(tensor.dataType());
        }
    }

    /** A copy in memory of an npy file. */
    static Tensor readNpy(Path file) throws IOException {
        try (var npy = NpyFile.open(file)) {
            return npy.tensor().to(npy.tensor().dataType());
        }
    }

    /** ‖got − expected‖ / ‖expected‖ is at most the tolerance, Frobenius norms; shapes agree. */
    static void assertClose(Tensor got, Tensor expected, double tolerance) {
        assertThat(got.shape()).isEqualTo(expected.shape());
        float[] a = got.toFloatArray();
        float[] b = expected.toFloatArray();
        double error = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] == b[i] ? 0 : (double) a[i] - b[i];
            error += difference * difference;
            norm += (double) b[i] * b[i];
        }
        assertThat(Math.sqrt(error)).isLessThanOrEqualTo(tolerance * Math.sqrt(norm));
    }
}
