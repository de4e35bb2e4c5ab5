package io.github.subquad.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;

class HostileShapeTest {
    private final MemorySegment tenFloats = MemorySegment.ofArray(new float[10]);

    static long[][] overflowingShapes() {
        long half = 1L << 62;
        return new long[][] {
            {Long.MAX_VALUE},
            {half},
            {1L << 32, 1L << 32},
            {1L << 31, 1L << 31, 2},
            {0, 1L << 32, 1L << 32},
            {1L << 32, 1L << 32, 0},
            {3, half, 0, half},
            {Long.MAX_VALUE / 4}
        };
    }

    @ParameterizedTest
    @MethodSource("overflowingShapes")
    void sizesBeyond63BitsAreRefused(long[] shape) {
        assertThatThrownBy(() -> Tensor.allocate(DataType.F32, shape))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("of F32 exceeds 63 bits of bytes");
        assertThatThrownBy(() -> Tensor.wrap(tenFloats, DataType.F32, shape))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                Tensor.wrap(
                                        tenFloats, 0, DataType.F32, shape, new long[shape.length]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void negativeSizesAreRefused() {
        assertThatThrownBy(() -> Tensor.allocate(DataType.F32, 2, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape: expected sizes ≥ 0, got [2, -1]");
        assertThatThrownBy(() -> Tensor.of(new float[6], -2, -3))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Tensor.allocate(DataType.F32, 0, Long.MIN_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aShapeMustTakeTheWholeSegment() {
        assertThatThrownBy(() -> Tensor.wrap(tenFloats, DataType.F32, 3, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape [3, 3] of F32 takes 36 bytes, but the segment has 40");
        assertThatThrownBy(() -> Tensor.of(new float[3], 2, 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stridesMustStayInsideTheSegment() {
        assertThat(wrap(0, new long[] {2, 2}, 8, 1).elements()).isEqualTo(4);
        assertThatThrownBy(() -> wrap(4, new long[] {2, 2}, 8, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "shape [2, 2] with strides [8, 1] ends at byte 44, but the segment has 40");
        assertThatThrownBy(() -> wrap(0, new long[] {2, 2}, 9, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> wrap(37, new long[] {1}, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stridesMustNotOverflow() {
        for (long stride : new long[] {Long.MAX_VALUE, 1L << 62, 1L << 61, (1L << 61) - 1}) {
            assertThatThrownBy(() -> wrap(0, new long[] {3, 2}, stride, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> wrap(0, new long[] {2, 2}, stride, stride))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void stridesMustBeAsManyAsSizesAndNotNegative() {
        assertThatThrownBy(() -> wrap(0, new long[] {2, 2}, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("strides: expected 2 numbers ≥ 0, got [1]");
        assertThatThrownBy(() -> wrap(36, new long[] {2}, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theFirstByteMustBeInTheSegment() {
        for (long offset : new long[] {-1, 41, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> wrap(offset, new long[] {0}, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("byteOffset: expected 0 to 40, got %d", offset);
        }
    }

    @Test
    void viewsOfAnEmptyTensorWithWildStridesStayInside() {
        Tensor empty = wrap(40, new long[] {5, 0}, Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(empty.isContiguous()).isTrue();
        assertThat(empty.narrow(0, 4, 1).byteOffset()).isEqualTo(40);
        assertThat(empty.permute(1, 0).toFloatArray()).isEmpty();
        assertThat(empty.to(DataType.F16).elements()).isZero();
    }

    @Test
    void viewsCannotGrowBeyond63Bits() {
        Tensor one = Tensor.allocate(DataType.F32, 1, 1);
        Tensor tall = one.expand(0, 1L << 40);
        assertThat(tall.elements()).isEqualTo(1L << 40);
        assertThatThrownBy(() -> tall.expand(1, 1L << 40))
                .isInstanceOf(IllegalArgumentException.class);
        Tensor empty = Tensor.allocate(DataType.F32, 0, 1L << 40);
        assertThatThrownBy(() -> empty.splitDim(0, 1L << 40))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void moreElementsThanAnArrayHoldsAreNotCopiedToOne() {
        Tensor many = Tensor.allocate(DataType.F32, 1).expand(0, 1L << 31);
        assertThatThrownBy(many::toFloatArray)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("F32 [2147483648] has more elements than an array holds");
    }

    private Tensor wrap(long byteOffset, long[] shape, long... strides) {
        return Tensor.wrap(tenFloats, byteOffset, DataType.F32, shape, strides);
    }
}
