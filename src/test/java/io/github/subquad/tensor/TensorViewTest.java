package io.github.subquad.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;
import java.util.stream.LongStream;

class TensorViewTest {
    /** {@code [2, 3, 4]}, each element its own place in row-major order. */
    private final Tensor counting = counting(2, 3, 4);

    private static Tensor counting(long... shape) {
        float[] values = new float[(int) LongStream.of(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Tensor.of(values, shape);
    }

    @Test
    void narrowKeepsAPartOfEachDimension() {
        assertThat(counting.narrow(0, 1, 1).toFloatArray())
                .containsExactly(12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
        assertThat(counting.narrow(1, 1, 1).toFloatArray())
                .containsExactly(4, 5, 6, 7, 16, 17, 18, 19);
        assertThat(counting.narrow(-1, 1, 2).toFloatArray())
                .containsExactly(1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22);
    }

    @Test
    void narrowSharesStorage() {
        counting.narrow(1, 2, 1).set(-1, 1, 0, 3);
        assertThat(counting.get(1, 2, 3)).isEqualTo(-1);
    }

    @Test
    void narrowOfNothingIsEmptyAndInsideTheStorage() {
        Tensor nothing = counting.narrow(0, 2, 0);
        assertThat(nothing.shape()).containsExactly(0, 3, 4);
        assertThat(nothing.elements()).isZero();
        assertThat(nothing.byteOffset()).isLessThanOrEqualTo(nothing.segment().byteSize());

        Tensor rowsOfNothing = Tensor.allocate(DataType.F32, 1000, 0).narrow(0, 999, 1);
        assertThat(rowsOfNothing.byteOffset())
                .isLessThanOrEqualTo(rowsOfNothing.segment().byteSize());
    }

    @ParameterizedTest(name = "start {0}, length {1}")
    @CsvSource({
        "-1, 1",
        "0, -1",
        "0, 4",
        "3, 1",
        "4, 0",
        "1, 9223372036854775807",
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, 1",
        "1, -9223372036854775808"
    })
    void narrowRefusesPartsOutsideTheDimension(long start, long length) {
        assertThatThrownBy(() -> counting.narrow(1, start, length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "narrow: [%d, %d + %d) is outside dimension 1 of size 3",
                        start, start, length);
    }

    @Test
    void permuteExchangesDimensions() {
        Tensor permuted = counting.permute(2, 0, 1);
        assertThat(permuted.shape()).containsExactly(4, 2, 3);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 4; k++) {
                    assertThat(permuted.get(k, i, j)).isEqualTo(counting.get(i, j, k));
                }
            }
        }
        assertThat(permuted.isContiguous()).isFalse();
        assertThat(permuted.permute(1, 2, 0).isContiguous()).isTrue();
    }

    @Test
    void permuteRefusesWhatIsNoPermutation() {
        for (int[] order : new int[][] {{0, 1}, {0, 1, 1}, {0, 1, 3}, {-1, 0, 1}, {0, 1, 2, 3}}) {
            assertThatThrownBy(() -> counting.permute(order))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("permute: expected each of the 3 dimensions once");
        }
    }

    @Test
    void splitDimMakesTwoOfOne() {
        Tensor split = counting.splitDim(2, 2);
        assertThat(split.shape()).containsExactly(2, 3, 2, 2);
        assertThat(split.get(1, 2, 1, 0)).isEqualTo(counting.get(1, 2, 2));
        assertThat(split.isContiguous()).isTrue();
        assertThat(counting.splitDim(0, 2).shape()).containsExactly(2, 1, 3, 4);
        assertThat(counting.splitDim(0, 1).shape()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void splitDimKeepsTheStridesOfAView() {
        Tensor split = counting.permute(0, 2, 1).splitDim(1, 2);
        assertThat(split.shape()).containsExactly(2, 2, 2, 3);
        assertThat(split.get(1, 1, 0, 2)).isEqualTo(counting.get(1, 2, 2));
    }

    @ParameterizedTest(name = "outer {0}")
    @ValueSource(longs = {0, -1, 3, 8, Long.MIN_VALUE, Long.MAX_VALUE})
    void splitDimRefusesWhatDoesNotDivide(long outer) {
        assertThatThrownBy(() -> counting.splitDim(-1, outer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("splitDim: dimension -1 of size 4 is no multiple of %d", outer);
    }

    @Test
    void expandRepeatsWithoutCopies() {
        Tensor row = counting(1, 3).expand(0, 1_000_000_000L);
        assertThat(row.size(0)).isEqualTo(1_000_000_000L);
        assertThat(row.stride(0)).isZero();
        assertThat(row.get(999_999_999L, 2)).isEqualTo(2);
        assertThat(row.isContiguous()).isFalse();
        assertThat(row.narrow(0, 5, 2).toFloatArray()).containsExactly(0, 1, 2, 0, 1, 2);
    }

    @Test
    void expandToTheSameSizeChangesNothing() {
        assertThat(counting.expand(1, 3)).isSameAs(counting);
    }

    @Test
    void expandToNothingIsEmpty() {
        assertThat(counting(1, 3).expand(0, 0).toFloatArray()).isEmpty();
    }

    @Test
    void expandRefusesOtherSizes() {
        assertThatThrownBy(() -> counting.expand(1, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expand: dimension 1 of size 3 cannot become 6");
        assertThatThrownBy(() -> counting(1, 3).expand(0, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void headsOfAPackedProjectionAreViews() {
        int batch = 2;
        int tokens = 3;
        int heads = 2;
        int channels = 5;
        Tensor packed = counting(batch, tokens, 3L * heads * channels);
        Tensor key =
                packed.narrow(-1, (long) heads * channels, (long) heads * channels)
                        .splitDim(-1, heads)
                        .permute(0, 2, 1, 3);
        assertThat(key.shape()).containsExactly(batch, heads, tokens, channels);
        assertThat(key.stride(-1)).isEqualTo(1);
        assertThat(key.get(1, 1, 2, 4)).isEqualTo(packed.get(1, 2, 10 + 5 + 4));
    }

    /** Random chains of views against the same arithmetic done on indices. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void chainsOfViewsFindTheElementsThatIndicesFind(long seed) {
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            long rows = random.nextLong(1, 7);
            long columns = 2 * random.nextLong(1, 5);
            Tensor tensor = counting(rows, columns);
            long start = random.nextLong(rows);
            long length = random.nextLong(rows - start + 1);
            Tensor view = tensor.narrow(0, start, length).splitDim(1, 2).permute(1, 0, 2);
            for (long h = 0; h < 2; h++) {
                for (long r = 0; r < length; r++) {
                    for (long c = 0; c < columns / 2; c++) {
                        long column = h * columns / 2 + c;
                        assertThat(view.get(h, r, c))
                                .isEqualTo((float) ((start + r) * columns + column));
                    }
                }
            }
        }
    }
}
