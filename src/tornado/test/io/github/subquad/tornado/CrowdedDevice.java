package io.github.subquad.tornado;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

/** Two open sessions on a device that has room for one: prints whether each is right. */
final class CrowdedDevice {
    private static final AttentionOptions OPTIONS =
            AttentionOptions.builder().backend("tornado").build();

    private CrowdedDevice() {}

    public static void main(String[] args) {
        var problem = new Problem(AttentionShape.of(4, 1024, 1024, 64));
        try (Attention first = Attention.open(OPTIONS);
                Attention second = Attention.open(OPTIONS)) {
            Tensor mask = Tensor.allocate(DataType.F32, 1, 1024, 1024);
            System.out.println(
                    problem.judge(first, mask).ok() + " " + problem.judge(second, mask).ok());
        }
    }
}
