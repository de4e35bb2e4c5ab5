package io.github.subquad.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

class TensorCopyTest {
    private static final long ELEMENTS = 3 * 4 * 5;

    /** Ways for {@code [3, 4, 5]} to lie in memory: strides, and the elements of storage. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to the strides
    enum Layout {
        CONTIGUOUS(60, 0, 20, 5, 1),
        ROWS_APART(120, 3, 40, 10, 1),
        COLUMNS_APART(130, 1, 40, 10, 2),
        TRANSPOSED(60, 0, 20, 1, 4),
        BATCH_INNERMOST(60, 0, 1, 15, 3);

        private final int storage;
        private final int start;
        private final long[] strides;

        Layout(int storage, int start, long... strides) {
            this.storage = storage;
            this.start = start;
            this.strides = strides;
        }

        /** A view in storage that begins at an odd byte. */
        Tensor allocate(DataType type) {
            int bytes = type.bytes();
            MemorySegment segment = MemorySegment.ofArray(new byte[1 + storage * bytes]);
            return Tensor.wrap(segment, 1 + start * bytes, type, new long[] {3, 4, 5}, strides);
        }
    }

    static List<Arguments> allTypesAndLayouts() {
        var all = new ArrayList<Arguments>();
        for (DataType from : DataType.values()) {
            for (DataType to : DataType.values()) {
                for (Layout source : Layout.values()) {
                    for (Layout target : Layout.values()) {
                        all.add(Arguments.of(from, source, to, target));
                    }
                }
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0} {1} to {2} {3}")
    @MethodSource("allTypesAndLayouts")
    void copiesEveryElementAndNothingElse(
            DataType from, Layout source, DataType to, Layout target) {
        Tensor original = source.allocate(from);
        Tensor copy = target.allocate(to);
        copy.segment().fill((byte) 0x55);
        var random = new SplittableRandom(17);
        forEachIndex((i, j, k) -> original.set(random.nextInt(-8, 9) / 8f, i, j, k));

        assertThat(copy.copyFrom(original)).isSameAs(copy);

        forEachIndex(
                (i, j, k) -> {
                    float value = original.get(i, j, k);
                    float expected = to == DataType.BOOL ? (value == 0 ? 0 : 1) : value;
                    assertThat(copy.get(i, j, k)).isEqualTo(expected);
                    MemorySegment element =
                            copy.segment().asSlice(copy.byteOffset(i, j, k), to.bytes());
                    element.fill((byte) 0x55);
                });
        assertThat(copy.segment().toArray(ValueLayout.JAVA_BYTE))
                .as("bytes around the copied elements")
                .containsOnly(0x55);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void toMakesAContiguousCopy(Layout layout) {
        Tensor original = layout.allocate(DataType.F32);
        forEachIndex((i, j, k) -> original.set((float) (i * 20 + j * 5 + k), i, j, k));
        Tensor copy = original.to(DataType.F16);
        assertThat(copy.isContiguous()).isTrue();
        assertThat(copy.dataType()).isEqualTo(DataType.F16);
        float[] expected = new float[(int) ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            expected[i] = i;
        }
        assertThat(copy.toFloatArray()).containsExactly(expected);
        assertThat(original.toFloatArray()).containsExactly(expected);
    }

    @Test
    void narrowerTypesRoundToNearestEven() {
        Tensor values = Tensor.of(new float[] {1.0009765625f, 1.00048828125f, 65520, 1e-8f}, 4);
        assertThat(values.to(DataType.F16).toFloatArray())
                .containsExactly(1.0009765625f, 1, Float.POSITIVE_INFINITY, 0);
    }

    @Test
    void infinitiesAndNansStayWhatTheyAre() {
        float[] special = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f};
        for (DataType type : List.of(DataType.F32, DataType.F16, DataType.BF16)) {
            assertThat(Tensor.of(special, 4).to(type).toFloatArray()).containsExactly(special);
        }
    }

    @Test
    void expandedTensorsAreCopiedRepeated() {
        Tensor row = Tensor.of(new float[] {1, 2}, 1, 2).expand(0, 3);
        assertThat(row.to(DataType.BF16).toFloatArray()).containsExactly(1, 2, 1, 2, 1, 2);
    }

    @Test
    void aTensorOfRankZeroIsCopied() {
        assertThat(Tensor.of(new float[] {3}).to(DataType.F16).get()).isEqualTo(3);
    }

    @Test
    void shapesMustAgree() {
        Tensor target = Tensor.allocate(DataType.F32, 2, 3);
        assertThatThrownBy(() -> target.copyFrom(Tensor.allocate(DataType.F32, 3, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("copyFrom: expected shape [2, 3], got [3, 2]");
        assertThatThrownBy(() -> target.copyFrom(Tensor.allocate(DataType.F32, 6)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private interface IndexConsumer {
        void accept(long i, long j, long k);
    }

    private static void forEachIndex(IndexConsumer action) {
        for (long i = 0; i < 3; i++) {
            for (long j = 0; j < 4; j++) {
                for (long k = 0; k < 5; k++) {
                    action.accept(i, j, k);
                }
            }
        }
    }
}
