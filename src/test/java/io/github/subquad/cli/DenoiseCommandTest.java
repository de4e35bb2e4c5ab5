package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

import javax.imageio.ImageIO;

class DenoiseCommandTest {
    private static final int SIZE = 24;

    @TempDir private Path directory;

    private Path input;
    private Path output;

    @BeforeEach
    void writeANoisySquare() throws IOException {
        input = directory.resolve("noisy.png");
        output = directory.resolve("result.png");
        var noise = new Random(1);
        var image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < SIZE * SIZE * 3; i++) {
            int level = (int) Math.round(120 + 20 * noise.nextGaussian());
            image.getRaster().setSample(i / 3 % SIZE, i / 3 / SIZE, i % 3, level);
        }
        ImageIO.write(image, "png", input.toFile());
    }

    @Test
    void saysWhatItIsAboutToDoAndWhatItDid() {
        Run run = Run.of("denoise", input, output).succeeds();

        assertThat(run.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("noisy.png: 24 x 24, red, green, blue"),
                        line ->
                                assertThat(line)
                                        .matches("noise +sigma [12]\\d\\.\\d of 255, .*h 1\\d.*"),
                        line -> assertThat(line).matches("tokens +576, each of 76 channels: .*"),
                        line -> assertThat(line).matches("device +\\w+:\\w+"),
                        line -> assertThat(line).matches("tensors +360 KiB"),
                        line ->
                                assertThat(line)
                                        .matches(
                                                "extra memory +[0-9.]+ [KM]iB, where the score"
                                                        + " matrix would take 1\\.27 MiB"),
                        line -> assertThat(line).matches("time +[0-9.]+ s"),
                        line -> assertThat(line).matches("written +.*result.png"));
    }

    @Test
    void takesMostOfTheNoise() throws IOException {
        Run.of("denoise", input, output).succeeds();

        assertThat(spread(output)).isLessThan(spread(input) / 3);
    }

    @Test
    void keepsMoreWhereTheStrengthIsLessAndLessWhereItIsMore() throws IOException {
        Path weak = directory.resolve("weak.png");
        Path strong = directory.resolve("strong.png");

        Run.of("denoise", input, output).succeeds();
        Run.of("denoise", input, weak, "--strength", 0.5).succeeds();
        Run.of("denoise", input, strong, "--strength", 2).succeeds();

        assertThat(spread(weak)).isGreaterThan(spread(output));
        assertThat(spread(strong)).isLessThan(spread(output));
    }

    /** Standard deviation of all samples. */
    private static double spread(Path file) throws IOException {
        double[] samples =
                ImageIO.read(file.toFile())
                        .getRaster()
                        .getPixels(0, 0, SIZE, SIZE, (double[]) null);
        double sum = 0;
        double squares = 0;
        for (double sample : samples) {
            sum += sample;
            squares += sample * sample;
        }
        double mean = sum / samples.length;
        return Math.sqrt(squares / samples.length - mean * mean);
    }

    @Test
    void mayReplaceItsInput() throws IOException {
        double before = spread(input);

        Run.of("denoise", input, input).succeeds();

        assertThat(spread(input)).isLessThan(before / 3);
    }

    @Test
    void givesTheSamePictureByTheReference() throws IOException {
        Path byReference = directory.resolve("reference.png");

        Run.of("denoise", input, output).succeeds();
        Run.of("denoise", input, byReference, "--backend", "reference").succeeds();

        int[] expected = pixels(byReference);
        int[] actual = pixels(output);
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i])).isLessThanOrEqualTo(1);
        }
    }

    private static int[] pixels(Path file) throws IOException {
        return ImageIO.read(file.toFile()).getRaster().getPixels(0, 0, SIZE, SIZE, (int[]) null);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --patch 4         | subquad: --patch: expected an odd number from 1 to 21, got 4
                    --patch 0         | subquad: --patch: expected an odd number from 1 to 21, got 0
                    --patch 23        | subquad: --patch: expected an odd number from 1 to 21, got 23
                    --strength 0      | subquad: --strength: expected a number from 0.01 to 100.0, got 0.0
                    --strength -1     | subquad: --strength: expected a number from 0.01 to 100.0, got -1.0
                    --strength NaN    | subquad: --strength: expected a number from 0.01 to 100.0, got NaN
                    --threads 0       | subquad: --threads: expected at least 1, got 0
                    --memory-budget 1 | subquad: --memory-budget: this shape needs at least
                    --backend abacus  | subquad: --backend: expected
                    """)
    void anOptionOutOfRangeIsAUsageError(String option, String line) {
        Run run = Run.ofLine("denoise %s %s %s".formatted(input, output, option));

        assertThat(run.err()).startsWith(line).hasLineCount(1);
        assertThat(run.status()).isEqualTo(2);
        assertThat(output).doesNotExist();
    }

    @Test
    void anotherEndingThanPngIsAUsageError() {
        Path jpeg = directory.resolve("result.jpg");

        Run run = Run.of("denoise", input, jpeg);

        assertThat(run.err())
                .isEqualToIgnoringNewLines(
                        "subquad: %s: expected a name that ends in .png".formatted(jpeg));
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void aPictureThatIsNotThereOrIsNoneFailsInOneLine() throws IOException {
        Path text = Files.writeString(directory.resolve("text.png"), "no picture");
        Path missing = directory.resolve("missing.png");

        Run ofText = Run.of("denoise", text, output);
        Run ofMissing = Run.of("denoise", missing, output);

        assertThat(ofText.err())
                .startsWith("subquad: %s: not a picture".formatted(text))
                .hasLineCount(1);
        assertThat(ofMissing.err())
                .isEqualToIgnoringNewLines("subquad: %s: no such file".formatted(missing));
        assertThat(new int[] {ofText.status(), ofMissing.status()}).containsOnly(1);
        assertThat(output).doesNotExist();
    }

    @Test
    void aPictureTooSmallForItsNoiseToBeFoundFailsInOneLine() throws IOException {
        Path small = directory.resolve("small.png");
        ImageIO.write(new BufferedImage(2, 5, BufferedImage.TYPE_INT_RGB), "png", small.toFile());

        Run run = Run.of("denoise", small, output);

        assertThat(run.err())
                .isEqualToIgnoringNewLines(
                        "subquad: picture: expected at least 3 by 3 pixels, got 2 by 5");
        assertThat(run.status()).isEqualTo(1);
    }
}
