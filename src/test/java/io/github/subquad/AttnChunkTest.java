package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Chunks are a commutative monoid. */
class AttnChunkTest {
    private static final int ROWS = 7;
    private static final int CHANNELS = 5;

    /** Maxima around ±magnitude; every third row of every second chunk is empty. */
    private static AttnChunk random(long seed, double magnitude) {
        SplittableRandom random = new SplittableRandom(seed);
        AttnChunk chunk = AttnChunk.empty(ROWS, CHANNELS);
        for (int row = 0; row < ROWS; row++) {
            if (seed % 2 == 0 && row % 3 == 0) {
                continue;
            }
            chunk.maxScore()[row] = (float) (random.nextGaussian() * magnitude);
            chunk.expWeightsSum()[row] = 1 + random.nextFloat() * 50;
            for (int c = 0; c < CHANNELS; c++) {
                chunk.expValues()[row * CHANNELS + c] = (float) random.nextGaussian() * 20;
            }
        }
        return chunk;
    }

    @ParameterizedTest(name = "scores around ±{0}")
    @ValueSource(doubles = {0, 1, 100, 1e4})
    void emptyIsTheIdentity(double magnitude) {
        for (long seed = 1; seed <= 20; seed++) {
            AttnChunk a = random(seed, magnitude);
            assertThat(AttnChunk.merge(a, AttnChunk.EMPTY)).isEqualTo(a);
            assertThat(AttnChunk.merge(AttnChunk.EMPTY, a)).isEqualTo(a);
            assertThat(AttnChunk.merge(List.of(AttnChunk.EMPTY, a, AttnChunk.EMPTY))).isEqualTo(a);
            assertThat(AttnChunk.merge(a, AttnChunk.empty(ROWS, CHANNELS))).isEqualTo(a);
            assertThat(AttnChunk.merge(AttnChunk.empty(ROWS, CHANNELS), a)).isEqualTo(a);
        }
    }

    @ParameterizedTest(name = "scores around ±{0}")
    @ValueSource(doubles = {0, 1, 100, 1e4})
    void mergeIsCommutativeToTheBit(double magnitude) {
        for (long seed = 1; seed <= 50; seed++) {
            AttnChunk a = random(seed, magnitude);
            AttnChunk b = random(seed + 1, magnitude);
            assertThat(AttnChunk.merge(a, b)).isEqualTo(AttnChunk.merge(b, a));
        }
    }

    @ParameterizedTest(name = "scores around ±{0}")
    @ValueSource(doubles = {0, 1, 100, 1e4})
    void mergeIsAssociativeToRounding(double magnitude) {
        for (long seed = 1; seed <= 50; seed++) {
            AttnChunk a = random(seed, magnitude);
            AttnChunk b = random(seed + 1, magnitude);
            AttnChunk c = random(seed + 2, magnitude);
            AttnChunk left = AttnChunk.merge(AttnChunk.merge(a, b), c);
            AttnChunk right = AttnChunk.merge(a, AttnChunk.merge(b, c));
            assertThat(left.maxScore()).isEqualTo(right.maxScore());
            assertClose(left.expWeightsSum(), right.expWeightsSum(), 50);
            assertClose(left.expValues(), right.expValues(), 60);
        }
    }

    private static void assertClose(float[] got, float[] expected, double size) {
        for (int i = 0; i < got.length; i++) {
            assertThat((double) got[i])
                    .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-6 * size));
        }
    }

    @Test
    void twoEmptyRowsMergeWithoutNan() {
        AttnChunk none =
                AttnChunk.merge(AttnChunk.empty(ROWS, CHANNELS), AttnChunk.empty(ROWS, CHANNELS));
        assertThat(none.normalize()).containsOnly(0);
        assertThat(none.logSumExp()).containsOnly(Float.NEGATIVE_INFINITY);
    }

    @Test
    void singleKeysMergeToTheirSoftmax() {
        List<AttnChunk> keys = new ArrayList<>();
        double sum = 0;
        double weighted = 0;
        for (int j = 0; j < 20; j++) {
            float score = (j * 7 % 20) - 10;
            float value = j - 3;
            keys.add(new AttnChunk(new float[] {value}, new float[] {1}, new float[] {score}));
            sum += Math.exp(score);
            weighted += Math.exp(score) * value;
        }
        AttnChunk all = AttnChunk.merge(keys);
        assertThat(all.normalize()[0]).isCloseTo((float) (weighted / sum), close(1e-6f));
        assertThat(all.logSumExp()[0]).isCloseTo((float) Math.log(sum), close(1e-6f));
        assertThat(keys.getFirst().expWeightsSum()).as("arguments stay").containsExactly(1);
    }

    private static org.assertj.core.data.Percentage close(float relative) {
        return org.assertj.core.data.Percentage.withPercentage(100 * relative);
    }

    @Test
    void mergeInPlaceGivesTheBitsOfMerge() {
        AttnChunk a = random(1, 10);
        AttnChunk expected = AttnChunk.merge(a, random(2, 10));
        assertThat(a.mergeInPlace(random(2, 10))).isSameAs(a).isEqualTo(expected);
    }

    @Test
    void nanStaysInItsRow() {
        AttnChunk a = random(1, 1);
        a.maxScore()[2] = Float.NaN;
        float[] output = AttnChunk.merge(a, random(3, 1)).normalize();
        for (int i = 0; i < output.length; i++) {
            assertThat(Float.isNaN(output[i])).isEqualTo(i / CHANNELS == 2);
        }
    }

    @Test
    void sizesThatDifferAreNamed() {
        assertThatThrownBy(() -> AttnChunk.merge(random(1, 1), AttnChunk.empty(3, 2)))
                .hasMessage("merge: expected 7 rows of 5 channels, got 3 of 2");
        assertThatThrownBy(() -> new AttnChunk(new float[5], new float[2], new float[2]))
                .hasMessageContaining("got 5, 2, 2 elements");
    }

    @Test
    void travelsByJavaSerialization() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(random(1, 1));
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(random(1, 1));
        }
    }
}
