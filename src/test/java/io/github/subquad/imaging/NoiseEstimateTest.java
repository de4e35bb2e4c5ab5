package io.github.subquad.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.awt.image.BufferedImage;
import java.util.Random;

class NoiseEstimateTest {
    @ParameterizedTest(name = "sigma {0}, {1} bands, seed 5")
    @CsvSource({"2, 1", "2, 3", "10, 3", "25, 1", "25, 3", "40, 3"})
    void noiseOnASlopeIsFoundWithinFivePercent(double sigma, int bands) {
        var noise = new Random(5);
        BufferedImage image =
                Pictures.filled(
                        Pictures.blank(120, 100, bands, 8),
                        (x, y, _) ->
                                Math.clamp(
                                        Math.round(90 + (x + y) / 4 + sigma * noise.nextGaussian()),
                                        0,
                                        255));

        assertThat(255 * NoiseEstimate.sigma(Picture.of(image)))
                .isCloseTo(sigma, withinPercentage(5));
    }

    @Test
    void theNoiseOfTheTestPictureIsFoundWithinFivePercentDespiteItsEdges() {
        assertThat(255 * NoiseEstimate.sigma(Picture.of(TestPicture.noisy())))
                .isCloseTo(TestPicture.NOISE_SIGMA, withinPercentage(5));
    }

    @ParameterizedTest(name = "{0} bits")
    @ValueSource(ints = {8, 16})
    void aPictureWithoutNoiseHasThatOfRounding(int bits) {
        int step = 1 << bits - 8;
        BufferedImage slopeAndEdge =
                Pictures.filled(
                        Pictures.blank(50, 50, 3, bits),
                        (x, y, c) -> (x + 2 * y + (x < 20 ? 0 : 90) + c) * step);

        assertThat(NoiseEstimate.sigma(Picture.of(slopeAndEdge)))
                .isEqualTo(1 / (Math.sqrt(12) * ((1 << bits) - 1)));
    }

    @ParameterizedTest
    @CsvSource({"2, 9", "9, 2", "1, 1"})
    void aPictureTooSmallForTheMaskIsRefused(int width, int height) {
        var picture = Picture.of(Pictures.constant(width, height, 3, 9));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> NoiseEstimate.sigma(picture))
                .withMessage(
                        "picture: expected at least 3 by 3 pixels, got %d by %d"
                                .formatted(width, height));
    }
}
