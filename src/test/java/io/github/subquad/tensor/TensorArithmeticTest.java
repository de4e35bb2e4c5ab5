package io.github.subquad.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Adding in place and filling, in any layout. */
class TensorArithmeticTest {
    private static Tensor count(long... shape) {
        float[] values =
                new float[Math.toIntExact(Tensor.allocate(DataType.F32, shape).elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        return Tensor.of(values, shape);
    }

    @Test
    void addsElementByElement() {
        Tensor sums = count(2, 3);
        assertThat(sums.addFrom(count(3, 2).permute(1, 0))).isSameAs(sums);
        assertThat(sums.toFloatArray()).containsExactly(2, 5, 8, 6, 9, 12);
    }

    @Test
    void addsIntoAViewAndTouchesNothingBesideIt() {
        Tensor whole = Tensor.allocate(DataType.F32, 3, 4).fill(1);
        whole.narrow(0, 1, 2).narrow(1, 1, 2).addFrom(count(2, 2));
        assertThat(whole.toFloatArray()).containsExactly(1, 1, 1, 1, 1, 2, 3, 1, 1, 4, 5, 1);
    }

    /** Along a dimension that is repeated, the target gathers the sum. */
    @Test
    void anExpandedTargetGathersSums() {
        Tensor columns = Tensor.of(new float[] {100, 200, 300}, 1, 3);
        columns.expand(0, 2).addFrom(count(2, 3));
        assertThat(columns.toFloatArray()).containsExactly(105, 207, 309);
        Tensor rows = Tensor.of(new float[] {100, 200}, 2, 1);
        rows.expand(1, 3).addFrom(count(2, 3));
        assertThat(rows.toFloatArray()).containsExactly(106, 215);
        Tensor all = Tensor.allocate(DataType.F32, 1, 1);
        all.expand(0, 2).expand(1, 3).addFrom(count(2, 3));
        assertThat(all.toFloatArray()).containsExactly(21);
    }

    @Test
    void anExpandedSourceIsAddedRepeatedly() {
        assertThat(count(2, 3).addFrom(count(1, 3).expand(0, 2)).toFloatArray())
                .containsExactly(2, 4, 6, 5, 7, 9);
    }

    @Test
    void typesMayDiffer() {
        Tensor half = count(4).to(DataType.F16);
        assertThat(half.addFrom(count(4).to(DataType.BF16)).toFloatArray())
                .containsExactly(2, 4, 6, 8);
        assertThat(count(4).addFrom(half).toFloatArray()).containsExactly(3, 6, 9, 12);
    }

    @Test
    void addsNothingToNothing() {
        assertThat(count(0, 3).addFrom(count(0, 3)).elements()).isZero();
        assertThat(Tensor.of(new float[] {3}).addFrom(Tensor.of(new float[] {4})).get())
                .isEqualTo(7);
    }

    @Test
    void shapesMustAgree() {
        assertThatThrownBy(() -> count(2, 3).addFrom(count(3, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("addFrom: expected shape [2, 3], got [3, 2]");
    }

    @ParameterizedTest
    @EnumSource
    void fillsEveryElementOfAViewAndNothingElse(DataType type) {
        Tensor whole = Tensor.allocate(type, 3, 4);
        Tensor view = whole.permute(1, 0).narrow(0, 1, 2);
        assertThat(view.fill(1)).isSameAs(view);
        assertThat(whole.toFloatArray()).containsExactly(0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0);
    }

    @Test
    void fillsRoundedToTheType() {
        assertThat(Tensor.allocate(DataType.F16, 2).fill(1.00048828125f).toFloatArray())
                .containsExactly(1, 1);
        assertThat(Tensor.allocate(DataType.F32).fill(Float.NaN).get()).isNaN();
        assertThat(Tensor.allocate(DataType.F32, 0, 2).fill(1).elements()).isZero();
    }
}
