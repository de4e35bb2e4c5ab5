package io.github.subquad.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What is written is read again, by both formats. */
class RoundTripTest {
    @TempDir private Path directory;

    static List<Arguments> typesAndShapes() {
        var all = new ArrayList<Arguments>();
        long[][] shapes = {
            {}, {1}, {7}, {0}, {3, 5}, {3, 0}, {2, 3, 4}, {1, 1, 1}, {2, 0, 3}, {2, 3, 4, 5}
        };
        for (long[] shape : shapes) {
            for (DataType type : DataType.values()) {
                all.add(Arguments.of(type, shape));
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0} {1}, seed 5")
    @MethodSource("typesAndShapes")
    void everyTypeAndRankComesBack(DataType type, long[] shape) throws IOException {
        comesBack(random(type, shape));
    }

    @ParameterizedTest(name = "{0} {1}, seed 5")
    @MethodSource("typesAndShapes")
    void viewsComeBackInRowMajorOrder(DataType type, long[] shape) throws IOException {
        // Storage with every size one larger and dimensions in reverse, of which the view is a
        // part.
        long[] storage = new long[shape.length];
        int[] reverse = new int[shape.length];
        for (int d = 0; d < shape.length; d++) {
            reverse[d] = shape.length - 1 - d;
            storage[d] = shape[reverse[d]] + 1;
        }
        Tensor view = random(type, storage).permute(reverse);
        for (int d = 0; d < shape.length; d++) {
            view = view.narrow(d, 1, shape[d]);
        }
        assertThat(view.shape()).containsExactly(shape);
        comesBack(view);
    }

    @Test
    void expandedTensorsComeBackRepeated() throws IOException {
        comesBack(random(DataType.F32, 1, 3).expand(0, 4));
    }

    @Test
    void tensorsOnTheHeapComeBack() throws IOException {
        comesBack(Tensor.wrap(MemorySegment.ofArray(new float[] {1, 2}), DataType.F32, 2));
        comesBack(Tensor.wrap(MemorySegment.ofArray(new short[] {1, 2}), DataType.BF16, 2));
    }

    @Test
    void specialNumbersComeBack() throws IOException {
        float[] special = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f};
        for (DataType type : List.of(DataType.F32, DataType.F16, DataType.BF16)) {
            comesBack(Tensor.of(special, 4).to(type));
        }
    }

    /** Larger than the buffer that writing goes through, whole and in each of its dimensions. */
    @Test
    void tensorsLargerThanTheBufferComeBack() throws IOException {
        comesBack(random(DataType.F32, 300_001));
        comesBack(random(DataType.F16, 600_001).splitDim(0, 1).permute(1, 0));
        comesBack(random(DataType.F32, 3, 270_000));
        comesBack(random(DataType.F32, 270_000, 3).permute(1, 0));
        comesBack(random(DataType.F32, 2, 2, 270_000));
        comesBack(random(DataType.BOOL, 3, 1000, 1001).narrow(2, 1, 1000));
    }

    private void comesBack(Tensor tensor) throws IOException {
        Path safetensors = directory.resolve("x.safetensors");
        SafetensorsWriter.write(safetensors, Map.of("x", tensor), Map.of());
        try (var file = SafetensorsFile.open(safetensors)) {
            sameElements(file.tensor("x"), tensor);
        }
        if (tensor.dataType() != DataType.BF16) {
            Path npy = directory.resolve("x.npy");
            NpyFile.write(npy, tensor);
            try (var file = NpyFile.open(npy)) {
                sameElements(file.tensor(), tensor);
            }
        }
    }

    private static void sameElements(Tensor found, Tensor expected) {
        assertThat(found).hasToString(expected.toString());
        assertThat(found.isContiguous()).isTrue();
        assertThat(Arrays.equals(found.toFloatArray(), expected.toFloatArray()))
                .as("elements of %s", expected)
                .isTrue();
    }

    private static Tensor random(DataType type, long... shape) {
        var random = new SplittableRandom(5);
        Tensor tensor = Tensor.allocate(DataType.F32, shape);
        float[] values = new float[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(-128, 128) / 16f;
        }
        return Tensor.of(values, shape).to(type);
    }
}
