package io.github.subquad.tornado;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;

/** Two open sessions on a device that has room for one: prints whether each is right. */
final class CrowdedDevice {
    private static final AttentionOptions OPTIONS =
            AttentionOptions.builder().backend("tornado").build();

    private CrowdedDevice() {}

    public static void main(String[] args) {
        var problem = new Problem(AttentionShape.of(4, 1024, 1024, 64));
        try (Attention first = Attention.open(OPTIONS);
                Attention second = Attention.open(OPTIONS)) {
            System.out.println(problem.judge(first).ok() + " " + problem.judge(second).ok());
        }
    }
}
