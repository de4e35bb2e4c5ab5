package io.github.subquad.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.awt.image.BufferedImage;
import java.util.Random;

class NonLocalMeansTest {

    private static Tensor colours(Denoising denoising, String backend) {
        var options = AttentionOptions.builder().backend(backend).build();
        try (var attention = Attention.open(denoising.options(options))) {
            return denoising.colours(attention);
        }
    }

    private static Picture denoise(Picture noisy) {
        Denoising denoising = NonLocalMeans.DEFAULTS.of(noisy);
        try (var attention = Attention.open(denoising.options(AttentionOptions.DEFAULTS))) {
            return denoising.denoise(attention);
        }
    }

    @Tag("lanes")
    @ParameterizedTest(name = "{0}, patch {1}, strength {2}, {3} bands, seed 1")
    @CsvSource({
        "reference, 1, 1, 3",
        "reference, 3, 1, 3",
        "reference, 5, 1, 3",
        "reference, 7, 0.3, 3",
        "reference, 5, 4, 3",
        "reference, 5, 1, 1",
        "cpu, 1, 1, 1",
        "cpu, 3, 1, 3",
        "cpu, 5, 1, 3",
        "cpu, 7, 0.3, 3",
        "cpu, 5, 4, 3"
    })
    @DisplayName("every pixel becomes what the formula says in float64")
    void everyPixelBecomesWhatTheFormulaSays(
            String backend, int patch, double strength, int bands) {
        var noisy = Picture.of(Pictures.random(19, 13, bands, 8, 1));
        Denoising denoising = new NonLocalMeans(patch, strength).of(noisy);
        var direct = new DirectNonLocalMeans(noisy, patch, denoising.sigma(), denoising.h());

        Tensor colours = colours(denoising, backend);

        for (int pixel = 0; pixel < noisy.pixels(); pixel++) {
            double[] expected = direct.colour(pixel % 19, pixel / 19);
            for (int c = 0; c < expected.length; c++) {
                assertThat((double) colours.get(0, pixel, c))
                        .as("pixel %d, colour %d", pixel, c)
                        .isCloseTo(expected[c], within(1e-5));
            }
        }
    }

    @Test
    @DisplayName("a pattern that repeats loses its noise and keeps its edges, seed 7")
    void aPatternThatRepeatsLosesItsNoiseAndKeepsItsEdges() {
        var clean = Picture.of(stripes(0));
        var noisy = Picture.of(stripes(20));

        Picture denoised = denoise(noisy);

        assertThat(Pictures.psnr(denoised, clean)).isGreaterThan(Pictures.psnr(noisy, clean) + 6);
    }

    private static BufferedImage stripes(double sigma) {
        var noise = new Random(7);
        return Pictures.filled(
                Pictures.blank(30, 30, 3, 8),
                (x, _, _) ->
                        (x % 6 < 3 ? 90 : 170) + (int) Math.round(sigma * noise.nextGaussian()));
    }

    @Test
    void theTestPictureGainsFiveDecibelsEvenInACropOf40Pixels() {
        var clean = Picture.of(crop(TestPicture.clean()));
        var noisy = Picture.of(crop(TestPicture.noisy()));

        assertThat(Pictures.psnr(denoise(noisy), clean))
                .isGreaterThan(Pictures.psnr(noisy, clean) + 5);
    }

    /** Sky, bricks, text and rings meet in the middle. */
    private static BufferedImage crop(BufferedImage image) {
        return image.getSubimage(108, 108, 40, 40);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 77, 255})
    void aConstantPictureStaysAsItIs(int level) {
        var constant = Picture.of(Pictures.constant(12, 9, 3, level));

        assertThat(colours(NonLocalMeans.DEFAULTS.of(constant), "auto").toFloatArray())
                .containsOnly(new float[] {level / 255f}, within(1e-6f));
    }

    @ParameterizedTest(name = "{0} bands of {1} bits, seed 2")
    @CsvSource({"1, 8", "2, 8", "3, 8", "4, 8", "1, 16", "2, 16", "3, 16", "4, 16"})
    void theResultIsOfTheSameKindAndHasTheSameAlpha(int bands, int bits) {
        BufferedImage noisy = Pictures.random(11, 8, bands, bits, 2);

        BufferedImage denoised = denoise(Picture.of(noisy)).image();

        assertThat(denoised.getColorModel()).isEqualTo(noisy.getColorModel());
        if (bands % 2 == 0) {
            assertThat(denoised.getAlphaRaster().getPixels(0, 0, 11, 8, (int[]) null))
                    .isEqualTo(noisy.getAlphaRaster().getPixels(0, 0, 11, 8, (int[]) null));
        }
        assertThat(denoised.getRaster().getSamples(0, 0, 11, 8, 0, (int[]) null))
                .isNotEqualTo(noisy.getRaster().getSamples(0, 0, 11, 8, 0, (int[]) null));
    }

    @Test
    @DisplayName("grey as red, green and blue gives the same as grey, seed 3")
    void greyAsRedGreenAndBlueGivesTheSameAsGrey() {
        var grey = Picture.of(Pictures.random(10, 10, 1, 8, 3));
        BufferedImage image = Pictures.blank(10, 10, 3, 8);
        Pictures.filled(image, (x, y, _) -> grey.image().getRaster().getSample(x, y, 0));

        float[] asGrey = colours(NonLocalMeans.DEFAULTS.of(grey), "auto").toFloatArray();
        float[] asRgb =
                colours(NonLocalMeans.DEFAULTS.of(Picture.of(image)), "auto").toFloatArray();

        for (int i = 0; i < asRgb.length; i++) {
            assertThat(asRgb[i]).isCloseTo(asGrey[i / 3], within(2e-6f));
        }
    }

    @Test
    void aPictureOf256By256PixelsIsACallOf65536Tokens() {
        Denoising denoising = NonLocalMeans.DEFAULTS.of(Picture.of(TestPicture.noisy()));

        assertThat(denoising.shape())
                .isEqualTo(new AttentionShape(1, 1, 65_536, 65_536, 5 * 5 * 3 + 1, 3));
        assertThat(denoising.shape().scoreMatrixBytes()).isEqualTo(16L << 30);
        assertThat(denoising.tensorBytes())
                .isEqualTo(4L * (65_536 * (2 * 76 + 2 * 3) + 2 * 65_536 - 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 4, 23, Integer.MAX_VALUE})
    void aPatchThatIsEvenOrOutOfRangeIsRefused(int patch) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NonLocalMeans(patch, 1))
                .withMessage("patch: expected an odd number from 1 to 21, got " + patch);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, 0, 0.001, 101, Double.NaN, Double.POSITIVE_INFINITY})
    void aStrengthOutOfRangeIsRefused(double strength) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NonLocalMeans(5, strength))
                .withMessage("strength: expected a number from 0.01 to 100.0, got " + strength);
    }

    @Test
    void aSessionWithAnotherScaleIsRefused() {
        Denoising denoising = NonLocalMeans.DEFAULTS.of(Picture.of(Pictures.constant(5, 5, 3, 1)));

        try (var attention = Attention.open()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> denoising.denoise(attention))
                    .withMessageStartingWith("attention: ");
        }
    }
}
