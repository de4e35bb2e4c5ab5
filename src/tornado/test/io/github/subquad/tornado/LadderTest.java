package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.Kernel;
import io.github.subquad.Merge;
import io.github.subquad.bench.Gaussians;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

/** Every step of the ladder on every device, by its number: right, whatever the shape. */
@Tag("device")
class LadderTest {
    private static final List<AttentionShape> SHAPES =
            List.of(
                    AttentionShape.of(1, 1, 1, 4),
                    new AttentionShape(6, 2, 130, 333, 33, 17),
                    AttentionShape.of(2, 65, 257, 40),
                    AttentionShape.of(2, 200, 70, 64),
                    AttentionShape.of(1, 70, 100, 128),
                    AttentionShape.of(1, 9, 500, 160));

    @ParameterizedTest
    @EnumSource
    void aStepAgreesWithFloat64AndWithTheFirst(KernelStep step) {
        for (DeviceTraits device : DeviceCatalog.devices()) {
            for (AttentionShape shape : SHAPES) {
                var problem = new Problem(shape);
                for (Causal causal : List.of(Causal.NONE, Causal.BOTTOM_RIGHT)) {
                    AttentionOptions options = options(device, step).causal(causal).build();
                    try (Attention attention = Attention.open(options)) {
                        assertThat(problem.judge(attention))
                                .as("%s, %s, %s", device.address(), problem, causal)
                                .matches(Verdict::ok);
                        Tensor output = problem.attend(attention).output();
                        assertThat(difference(output, plain(problem, options)))
                                .as("beside step 1")
                                .isLessThan(2e-6);
                    }
                }
            }
        }
    }

    /** What only step 1 has no contract suite for. */
    @ParameterizedTest
    @EnumSource
    void aStepKeepsToAMaskWithHiddenRowsAndNanBehindIt(KernelStep step) {
        for (DeviceTraits device : DeviceCatalog.devices()) {
            var problem = new Problem(AttentionShape.of(2, 70, 150, 24));
            problem.key().set(Float.NaN, 0, 7, 3);
            problem.value().set(Float.POSITIVE_INFINITY, 0, 7, 5);
            Tensor mask = Tensor.allocate(DataType.F32, 1, 70, 150);
            Gaussians.fill(mask, 3);
            for (long i = 0; i < 70; i++) {
                mask.set(Float.NEGATIVE_INFINITY, 0, i, 7);
            }
            for (long j = 0; j < 150; j++) {
                mask.set(Float.NEGATIVE_INFINITY, 0, 11, j);
            }
            try (Attention attention = Attention.open(options(device, step).build())) {
                assertThat(problem.judge(attention, mask)).matches(Verdict::ok);
            }
        }
    }

    @Test
    void chunksMergedOnTheHostAgreeWithThoseMergedOnTheDevice() {
        for (DeviceTraits device : DeviceCatalog.devices()) {
            for (KernelStep step : List.of(KernelStep.PLAIN, KernelStep.TILED)) {
                var problem = new Problem(SHAPES.get(1));
                Tensor host = attend(problem, options(device, step).merge(Merge.HOST).build());
                Tensor there = attend(problem, options(device, step).merge(Merge.DEVICE).build());
                assertThat(difference(host, there)).isLessThan(2e-6);
            }
        }
    }

    private static Tensor plain(Problem problem, AttentionOptions options) {
        int number = KernelStep.PLAIN.number();
        return attend(problem, options.toBuilder().kernelStep(number).build());
    }

    private static Tensor attend(Problem problem, AttentionOptions options) {
        try (Attention attention = Attention.open(options)) {
            return problem.attend(attention).output();
        }
    }

    private static AttentionOptions.Builder options(DeviceTraits device, KernelStep step) {
        return AttentionOptions.builder()
                .backend("tornado")
                .device(device.id())
                .kernelStep(step.number())
                .returnLogSumExp(true);
    }

    @Test
    void aStepThatIsNotThereIsRefused() {
        var options = AttentionOptions.builder().backend("tornado").kernelStep(99).build();
        assertThatThrownBy(() -> Attention.open(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("kernelStep: expected 1 to 4, got 99");
    }

    @Test
    void theFormDecidesWhereNoNumberIsGiven() {
        DeviceTraits device = DeviceCatalog.devices().getFirst();
        var staged = AttentionOptions.builder().kernel(Kernel.STAGED).build();
        assertThat(KernelStep.of(staged, device)).isEqualTo(KernelStep.TILED);
        for (Kernel kernel : List.of(Kernel.AUTO, Kernel.FUSED)) {
            var options = AttentionOptions.builder().kernel(kernel).build();
            assertThat(KernelStep.of(options, device).kernel()).isEqualTo(Kernel.FUSED);
        }
    }

    /** ‖a − b‖ / ‖b‖. */
    private static double difference(Tensor a, Tensor b) {
        float[] x = a.toFloatArray();
        float[] y = b.toFloatArray();
        double error = 0;
        double norm = 0;
        for (int i = 0; i < x.length; i++) {
            error += (double) (x[i] - y[i]) * (x[i] - y[i]);
            norm += (double) y[i] * y[i];
        }
        return error == 0 ? 0 : Math.sqrt(error / norm);
    }
}
