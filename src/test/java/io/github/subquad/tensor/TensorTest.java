package io.github.subquad.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

class TensorTest {
    @ParameterizedTest
    @EnumSource
    void isZeroAlignedAndContiguousWhenAllocated(DataType type) {
        Tensor tensor = Tensor.allocate(type, 3, 5);
        assertThat(tensor.dataType()).isEqualTo(type);
        assertThat(tensor.rank()).isEqualTo(2);
        assertThat(tensor.shape()).containsExactly(3, 5);
        assertThat(tensor.elements()).isEqualTo(15);
        assertThat(tensor.stride(0)).isEqualTo(5);
        assertThat(tensor.stride(-1)).isEqualTo(1);
        assertThat(tensor.isContiguous()).isTrue();
        assertThat((tensor.segment().address() + tensor.byteOffset()) % 64).isZero();
        assertThat(tensor.toFloatArray()).containsOnly(0);
    }

    @Test
    void leavesRoomForADeviceHeaderInFrontOfItsData() {
        Tensor tensor = Tensor.allocate(DataType.F32, 2);
        assertThat(tensor.byteOffset()).isGreaterThanOrEqualTo(24);
        assertThat(tensor.segment().byteSize()).isEqualTo(tensor.byteOffset() + 8);
    }

    @Test
    void elementsAreFoundByIndexInRowMajorOrder() {
        Tensor tensor = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
        assertThat(tensor.get(0, 0)).isEqualTo(0);
        assertThat(tensor.get(0, 2)).isEqualTo(2);
        assertThat(tensor.get(1, 0)).isEqualTo(3);
        assertThat(tensor.get(1, 2)).isEqualTo(5);
        tensor.set(-7, 1, 1);
        assertThat(tensor.toFloatArray()).containsExactly(0, 1, 2, 3, -7, 5);
    }

    @Test
    void ofCopiesItsArray() {
        float[] values = {1, 2};
        Tensor tensor = Tensor.of(values, 2);
        values[0] = 9;
        assertThat(tensor.toFloatArray()).containsExactly(1, 2);
    }

    @Test
    void wrapSharesTheMemoryOfTheCaller() {
        float[] values = {1, 2, 3, 4};
        Tensor tensor = Tensor.wrap(MemorySegment.ofArray(values), DataType.F32, 2, 2);
        values[3] = 40;
        assertThat(tensor.get(1, 1)).isEqualTo(40);
        tensor.set(10, 0, 0);
        assertThat(values[0]).isEqualTo(10);
    }

    @Test
    void wrapTakesADirectBuffer() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        buffer.putFloat(0, 1.5f).putFloat(4, 2.5f);
        Tensor tensor = Tensor.wrap(MemorySegment.ofBuffer(buffer), DataType.F32, 2);
        assertThat(tensor.toFloatArray()).containsExactly(1.5f, 2.5f);
    }

    @Test
    void wrapTakesStridesFromAnyByteOn() {
        MemorySegment packed = MemorySegment.ofArray(new byte[1 + 6 * 4]);
        for (int i = 0; i < 6; i++) {
            DataType.F32.write(packed, 1 + 4L * i, i);
        }
        Tensor columns = Tensor.wrap(packed, 1, DataType.F32, new long[] {3, 2}, new long[] {1, 3});
        assertThat(columns.toFloatArray()).containsExactly(0, 3, 1, 4, 2, 5);
    }

    @Test
    void aTensorOfRankZeroIsOneNumber() {
        Tensor tensor = Tensor.of(new float[] {7});
        assertThat(tensor.rank()).isZero();
        assertThat(tensor.elements()).isEqualTo(1);
        assertThat(tensor.get()).isEqualTo(7);
        assertThat(tensor.toFloatArray()).containsExactly(7);
        assertThat(tensor.isContiguous()).isTrue();
    }

    @Test
    void aTensorWithASizeOfZeroHasNoElements() {
        Tensor tensor = Tensor.allocate(DataType.F16, 2, 0, 3);
        assertThat(tensor.elements()).isZero();
        assertThat(tensor.toFloatArray()).isEmpty();
        assertThat(tensor.isContiguous()).isTrue();
        assertThat(tensor.to(DataType.F32).shape()).containsExactly(2, 0, 3);
    }

    @Test
    void shapesAreCopiedInAndOut() {
        long[] shape = {2, 3};
        Tensor tensor = Tensor.allocate(DataType.F32, shape);
        shape[0] = 100;
        tensor.shape()[1] = 100;
        assertThat(tensor.shape()).containsExactly(2, 3);
    }

    @Test
    void indicesOutsideTheShapeAreRefused() {
        Tensor tensor = Tensor.allocate(DataType.F32, 2, 3);
        assertThatThrownBy(() -> tensor.get(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.get(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.set(1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.size(2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dim: expected -2 to 1, got 2");
        assertThatThrownBy(() -> tensor.stride(-3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void elementsCannotBeReadOnceTheirArenaIsClosed() {
        Tensor tensor;
        try (Arena arena = Arena.ofConfined()) {
            tensor = Tensor.allocate(arena, DataType.F32, 2);
            assertThat(tensor.get(0)).isZero();
        }
        assertThatThrownBy(() -> tensor.get(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(tensor::toFloatArray).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tensorsOverlapWhereTheirBytesMeet() {
        Tensor tensor = Tensor.allocate(DataType.F32, 4, 4);
        Tensor upper = tensor.narrow(0, 0, 2);
        Tensor lower = tensor.narrow(0, 2, 2);
        assertThat(upper.overlaps(lower)).isFalse();
        assertThat(upper.overlaps(tensor)).isTrue();
        assertThat(tensor.narrow(0, 1, 2).overlaps(lower)).isTrue();
        assertThat(tensor.overlaps(Tensor.allocate(DataType.F32, 4, 4))).isFalse();
        assertThat(tensor.overlaps(tensor.narrow(1, 2, 0))).isFalse();
    }

    @Test
    void partsOfAPackedTensorDoNotOverlapThoughTheirRowsLieBetweenEachOther() {
        Tensor packed = Tensor.allocate(DataType.F32, 5, 12); // 2 + 1 heads of 4 channels
        Tensor query = packed.narrow(1, 0, 8).splitDim(1, 2);
        Tensor key = packed.narrow(1, 8, 4).splitDim(1, 1);
        assertThat(query.overlaps(key)).isFalse();
        assertThat(key.overlaps(query)).isFalse();
        assertThat(query.overlaps(packed.narrow(1, 4, 8).splitDim(1, 2))).isTrue();
        assertThat(query.overlaps(packed.narrow(1, 7, 4).splitDim(1, 1))).isTrue();
        assertThat(key.overlaps(packed.narrow(0, 3, 1).narrow(1, 11, 1).splitDim(1, 1))).isTrue();
        assertThat(packed.narrow(1, 0, 4).overlaps(packed.permute(1, 0).narrow(0, 8, 4)))
                .as("steps differ: only the ends count")
                .isTrue();
    }

    @Test
    void printsItsTypeAndShape() {
        assertThat(Tensor.allocate(DataType.BF16, 8, 3)).hasToString("BF16 [8, 3]");
    }
}
