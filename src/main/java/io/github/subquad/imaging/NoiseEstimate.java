package io.github.subquad.imaging;

import java.util.Arrays;

/**
 * How strong the noise of a picture is, from the picture alone.
 *
 * <p>The mask of Immerkær ("Fast Noise Variance Estimation", 1996)
 *
 * <pre>
 *      1 −2  1
 *     −2  4 −2
 *      1 −2  1
 * </pre>
 *
 * takes away whatever is flat, a slope or a straight edge along an axis, and turns white noise of
 * standard deviation σ into responses of 6σ. Their median absolute value, and not their mean, is
 * held against that of the normal distribution: texture that covers less than about half of the
 * picture hardly moves it.
 */
public final class NoiseEstimate {
    private static final double MASK_NORM = 6; // √(4·1² + 4·2² + 4²)

    /** Median of |x| for a normal x of standard deviation 1. */
    private static final double NORMAL_MEDIAN = 0.6744897501960817;

    private NoiseEstimate() {}

    /**
     * The standard deviation of the noise.
     *
     * @param picture at least 3 × 3 pixels
     * @return 0 to 1 is the range of a sample; at least what rounding to whole samples makes, 1/√12
     *     of a step, so never 0
     * @throws IllegalArgumentException if the picture is smaller
     */
    public static double sigma(Picture picture) {
        if (picture.width() < 3 || picture.height() < 3) {
            throw new IllegalArgumentException(
                    "picture: expected at least 3 by 3 pixels, got %d by %d"
                            .formatted(picture.width(), picture.height()));
        }
        double[] responses =
                new double[(picture.width() - 2) * (picture.height() - 2) * picture.colours()];
        int at = 0;
        for (int y = 1; y < picture.height() - 1; y++) {
            for (int x = 1; x < picture.width() - 1; x++) {
                for (int colour = 0; colour < picture.colours(); colour++) {
                    responses[at++] = Math.abs(response(picture, x, y, colour));
                }
            }
        }
        Arrays.sort(responses);
        double median = responses[responses.length / 2];
        double rounding = 1 / (Math.sqrt(12) * picture.maxSample());
        return Math.max(median / (NORMAL_MEDIAN * MASK_NORM), rounding);
    }

    private static double response(Picture picture, int x, int y, int colour) {
        return secondDifference(picture, x, y - 1, colour)
                - 2 * secondDifference(picture, x, y, colour)
                + secondDifference(picture, x, y + 1, colour);
    }

    private static double secondDifference(Picture picture, int x, int y, int colour) {
        return picture.sample(x - 1, y, colour)
                - 2.0 * picture.sample(x, y, colour)
                + picture.sample(x + 1, y, colour);
    }
}
