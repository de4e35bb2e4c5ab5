package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;

/** Seed 7 throughout; 200,003 numbers are four blocks, the last one ragged. */
class GaussiansTest {
    private static final long SEED = 7;
    private static final int COUNT = 200_003;

    @Test
    void numbersOfSeed7HaveTheMomentsOfANormalDistribution() {
        float[] numbers = numbers(DataType.F32, SEED);
        double mean = 0;
        double square = 0;
        double fourth = 0;
        for (float x : numbers) {
            mean += x / (double) COUNT;
            square += x * (double) x / COUNT;
            fourth += Math.pow(x, 4) / COUNT;
        }
        // Five standard errors: 1, √2 and √96 over √count.
        double error = 5 / Math.sqrt(COUNT);
        assertThat(mean).isCloseTo(0, within(error));
        assertThat(square).isCloseTo(1, within(error * Math.sqrt(2)));
        assertThat(fourth).isCloseTo(3, within(error * Math.sqrt(96)));
    }

    @Test
    void theSameSeedGivesTheSameNumbersAndAnotherSeedOthers() {
        assertThat(numbers(DataType.F32, SEED)).isEqualTo(numbers(DataType.F32, SEED));
        assertThat(numbers(DataType.F32, SEED)).isNotEqualTo(numbers(DataType.F32, SEED + 1));
    }

    @Test
    void noBlockRepeatsAnother() {
        float[] numbers = numbers(DataType.F32, SEED);
        float[] first = Arrays.copyOfRange(numbers, 0, 1 << 16);
        float[] second = Arrays.copyOfRange(numbers, 1 << 16, 2 << 16);
        double correlation = 0;
        for (int i = 0; i < first.length; i++) {
            correlation += first[i] * (double) second[i] / first.length;
        }
        assertThat(correlation).isCloseTo(0, within(5 / Math.sqrt(first.length)));
    }

    @ParameterizedTest(name = "{0}, seed 7")
    @EnumSource(names = {"F16", "BF16"})
    void narrowTypesHoldTheSameNumbersRounded(DataType type) {
        Tensor wide = Tensor.of(numbers(DataType.F32, SEED), COUNT);
        assertThat(numbers(type, SEED)).isEqualTo(wide.to(type).toFloatArray());
    }

    private static float[] numbers(DataType type, long seed) {
        Tensor tensor = Tensor.allocate(type, COUNT);
        Gaussians.fill(tensor, seed);
        return tensor.toFloatArray();
    }
}
