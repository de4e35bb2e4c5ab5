package io.github.subquad.imaging;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

import javax.imageio.ImageIO;

/**
 * The picture that the denoiser is shown on, 256 × 256, by formula: a smooth sky with a disc and a
 * ridge, bricks of uneven shades, lines of text, rings that grow finer. Every part repeats itself
 * somewhere, which is what non-local means lives on.
 *
 * <p>Needs nothing but the JDK; writes {@code test-picture.png} and {@code test-picture-noisy.png}:
 *
 * {@snippet lang="shell" :
 * java src/test/java/io/github/subquad/imaging/TestPicture.java docs/images
 * }
 */
final class TestPicture {
    static final int SIZE = 256;
    static final int NOISE_SIGMA = 25;
    static final long NOISE_SEED = 20260101;

    private static final int SAMPLES = 4; // a side: 16 samples a pixel smooth the edges

    private static final String TEXT = "EXACT ATTENTION ";
    private static final int LETTER = 2; // pixels a dot of the font
    private static final int COLUMN = 6 * LETTER;
    private static final int LINE = 9 * LETTER;

    private record Colour(double red, double green, double blue) {
        Colour towards(Colour other, double part) {
            return new Colour(
                    red + part * (other.red - red),
                    green + part * (other.green - green),
                    blue + part * (other.blue - blue));
        }
    }

    private static final Colour ZENITH = new Colour(70, 110, 190);
    private static final Colour HORIZON = new Colour(225, 185, 150);
    private static final Colour SUN = new Colour(232, 205, 110);
    private static final Colour RIDGE = new Colour(45, 75, 60);
    private static final Colour MORTAR = new Colour(200, 190, 175);
    private static final Colour BRICK = new Colour(165, 80, 60);
    private static final Colour PALE_BRICK = new Colour(195, 115, 85);
    private static final Colour PAPER = new Colour(222, 216, 200);
    private static final Colour INK = new Colour(40, 45, 70);
    private static final Colour LIGHT_RING = new Colour(215, 220, 190);
    private static final Colour DARK_RING = new Colour(40, 105, 115);

    private TestPicture() {}

    /**
     * Writes both pictures.
     *
     * @param args the folder
     * @throws IOException if a file cannot be written
     */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[0]));
        ImageIO.write(clean(), "png", folder.resolve("test-picture.png").toFile());
        ImageIO.write(noisy(), "png", folder.resolve("test-picture-noisy.png").toFile());
    }

    /** The picture as it should be. */
    static BufferedImage clean() {
        var picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                picture.setRGB(x, y, pixel(x, y));
            }
        }
        return picture;
    }

    /** The picture under Gaussian noise, the same to the bit wherever it is made. */
    static BufferedImage noisy() {
        BufferedImage picture = clean();
        var noise = new Random(NOISE_SEED);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                for (int band = 0; band < 3; band++) {
                    int sample = picture.getRaster().getSample(x, y, band);
                    long disturbed = StrictMath.round(sample + NOISE_SIGMA * noise.nextGaussian());
                    picture.getRaster().setSample(x, y, band, Math.clamp(disturbed, 0, 255));
                }
            }
        }
        return picture;
    }

    private static int pixel(int x, int y) {
        double red = 0;
        double green = 0;
        double blue = 0;
        for (int i = 0; i < SAMPLES * SAMPLES; i++) {
            Colour colour =
                    colour(
                            x + (i % SAMPLES + 0.5) / SAMPLES,
                            y + (Math.floorDiv(i, SAMPLES) + 0.5) / SAMPLES);
            red += colour.red;
            green += colour.green;
            blue += colour.blue;
        }
        return mean(red) << 16 | mean(green) << 8 | mean(blue);
    }

    private static int mean(double sum) {
        return (int) StrictMath.round(sum / (SAMPLES * SAMPLES));
    }

    private static Colour colour(double x, double y) {
        double half = SIZE / 2.0;
        if (y < half) {
            return x < half ? landscape(x, y) : bricks(x - half, y);
        }
        return x < half ? text(x, y - half) : rings(x - half, y - half);
    }

    private static Colour landscape(double x, double y) {
        if (y > 104 + 9 * StrictMath.sin(x / 14) + 4 * StrictMath.sin(x / 5)) {
            return RIDGE;
        }
        boolean inSun = StrictMath.hypot(x - 84, y - 58) < 25;
        return inSun ? SUN : ZENITH.towards(HORIZON, y / 110);
    }

    private static Colour bricks(double x, double y) {
        int course = (int) y / 10;
        double along = x + (course % 2 == 0 ? 0 : 10);
        int brick = (int) along / 20;
        if (y % 10 < 1.5 || along % 20 < 1.5) {
            return MORTAR;
        }
        return BRICK.towards(PALE_BRICK, (course * 7 + brick * 5) % 4 / 3.0);
    }

    private static Colour text(double x, double y) {
        int line = (int) y / LINE;
        int column = (int) x / COLUMN;
        int dotX = (int) x % COLUMN / LETTER;
        int dotY = (int) y % LINE / LETTER - 1;
        char letter = TEXT.charAt((line * 10 + column) % TEXT.length());
        boolean inked = dotX > 0 && dotY >= 0 && dotY < 7 && isDot(letter, dotX - 1, dotY);
        return inked ? INK : PAPER;
    }

    /** A letter is seven rows of five dots, a row one base-32 digit, the left dot its high bit. */
    private static boolean isDot(char letter, int x, int y) {
        String rows =
                switch (letter) {
                    case 'A' -> "ehhvhhh";
                    case 'C' -> "ehggghe";
                    case 'E' -> "vgguggv";
                    case 'I' -> "e44444e";
                    case 'N' -> "hhpljhh";
                    case 'O' -> "ehhhhhe";
                    case 'T' -> "v444444";
                    case 'X' -> "hha4ahh";
                    default -> "0000000";
                };
        return (Character.digit(rows.charAt(y), 32) >> 4 - x & 1) == 1;
    }

    private static Colour rings(double x, double y) {
        double squared = (x * x + y * y) / 480;
        return DARK_RING.towards(LIGHT_RING, 0.5 + 0.5 * StrictMath.cos(squared));
    }
}
