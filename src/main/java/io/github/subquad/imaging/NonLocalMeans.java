package io.github.subquad.imaging;

/**
 * Non-local means (Buades, Coll, Morel, "A non-local algorithm for image denoising", 2005) over all
 * pixels of a picture. Pixel i becomes
 *
 * <pre>
 *     Σⱼ w(i, j)·v(j) / Σⱼ w(i, j),   w(i, j) = exp(−‖p(i) − p(j)‖² / h²)
 * </pre>
 *
 * where v are the colours and p the {@link PatchFeatures}, so that the norm is a mean squared
 * difference of the samples around the two pixels.
 *
 * <p>By this formula a pixel's own weight is 1 whatever the noise, and would drown the others. Here
 * it is {@code w(i, i) = exp(−2σ²/h²)}, σ the noise: the weight of a pixel of the very same
 * surroundings under noise of its own, for which ‖p(i) − p(j)‖² is 2σ² on average. (Another usual
 * choice is the greatest weight of the others; on the test picture the two differ little.)
 *
 * @param patch side of the square around a pixel that is compared, odd, 1 to {@value #MAX_PATCH}
 * @param strength 1 for the strength that suits the noise found in the picture, more to smooth
 *     more; 0.01 to 100
 */
public record NonLocalMeans(int patch, double strength) {
    /** The greatest side of a patch. */
    public static final int MAX_PATCH = 21;

    private static final double MIN_STRENGTH = 0.01;
    private static final double MAX_STRENGTH = 100;

    /** h in units of σ at strength 1: the best for the picture of the tests, whose top is flat. */
    private static final double H_PER_SIGMA = 0.65;

    /** Patch and strength of the best result on the picture of the tests. */
    public static final NonLocalMeans DEFAULTS = new NonLocalMeans(5, 1);

    /** Checks both numbers. */
    public NonLocalMeans {
        if (patch < 1 || patch > MAX_PATCH || patch % 2 == 0) {
            throw new IllegalArgumentException(
                    "patch: expected an odd number from 1 to %d, got %d"
                            .formatted(MAX_PATCH, patch));
        }
        if (!(strength >= MIN_STRENGTH && strength <= MAX_STRENGTH)) {
            throw new IllegalArgumentException(
                    "strength: expected a number from %s to %s, got %s"
                            .formatted(MIN_STRENGTH, MAX_STRENGTH, strength));
        }
    }

    /**
     * Prepares to denoise a picture.
     *
     * @param noisy at least 3 × 3 pixels
     * @return the denoising, of which only the noise is computed yet
     * @throws IllegalArgumentException if the picture is smaller
     */
    public Denoising of(Picture noisy) {
        double sigma = NoiseEstimate.sigma(noisy);
        return new Denoising(noisy, patch, sigma, strength * H_PER_SIGMA * sigma);
    }
}
