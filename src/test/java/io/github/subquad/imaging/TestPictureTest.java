package io.github.subquad.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

import javax.imageio.ImageIO;

/** The pictures under {@code docs/images} are what the code makes. */
class TestPictureTest {
    private static final Path IMAGES = Path.of("docs", "images");

    private static BufferedImage read(String name) throws IOException {
        return ImageIO.read(IMAGES.resolve(name).toFile());
    }

    @Test
    void theCommittedPicturesAreThoseThatTheCodeMakes() throws IOException {
        assertThat(rgb(read("test-picture.png"))).isEqualTo(rgb(TestPicture.clean()));
        assertThat(rgb(read("test-picture-noisy.png"))).isEqualTo(rgb(TestPicture.noisy()));
    }

    private static int[] rgb(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    @Test
    @DisplayName("50 pixels of the committed denoised picture are what the formula says, seed 9")
    void pixelsOfTheCommittedDenoisedPictureAreWhatTheFormulaSays() throws IOException {
        var noisy = Picture.of(TestPicture.noisy());
        Denoising denoising = NonLocalMeans.DEFAULTS.of(noisy);
        var direct =
                new DirectNonLocalMeans(
                        noisy, NonLocalMeans.DEFAULTS.patch(), denoising.sigma(), denoising.h());
        BufferedImage denoised = read("test-picture-denoised.png");
        var random = new Random(9);

        for (int i = 0; i < 50; i++) {
            int x = random.nextInt(TestPicture.SIZE);
            int y = random.nextInt(TestPicture.SIZE);
            double[] expected = direct.colour(x, y);
            for (int c = 0; c < 3; c++) {
                assertThat((double) denoised.getRaster().getSample(x, y, c))
                        .as("pixel (%d, %d), colour %d", x, y, c)
                        .isCloseTo(255 * expected[c], within(0.501));
            }
        }
    }

    @Test
    void theDenoisedPictureIsTenDecibelsCloserToTheTrueOne() throws IOException {
        var clean = Picture.of(TestPicture.clean());
        double before = Pictures.psnr(Picture.of(TestPicture.noisy()), clean);

        double after = Pictures.psnr(Picture.of(read("test-picture-denoised.png")), clean);

        assertThat(after).isGreaterThan(before + 10);
    }
}
