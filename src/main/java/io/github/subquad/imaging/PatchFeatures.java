package io.github.subquad.imaging;

/**
 * The surroundings of a pixel as numbers whose squared distance is the distance of non-local means:
 * the patch × patch samples around it, less the picture's mean colour, each times the square root
 * of its weight. Weights follow a Gaussian over the patch and sum to 1 over all channels, so that a
 * squared distance is a mean squared difference of samples.
 *
 * <p>The mean cancels in every difference. Without it the features are smaller, and so are the
 * products that have to cancel in {@link Denoising}.
 */
final class PatchFeatures {
    /** Standard deviation of the Gaussian, in sides of the patch. */
    private static final double SPREAD = 0.3;

    private final Picture picture;
    private final int patch;
    private final double[] mean; // [colours]
    private final double[] roots; // [patch, patch]

    /**
     * Prepares the features.
     *
     * @param picture any picture
     * @param patch side of the square around a pixel, odd
     */
    PatchFeatures(Picture picture, int patch) {
        this.picture = picture;
        this.patch = patch;
        this.mean = meanColour(picture);
        this.roots = roots(patch, picture.colours());
    }

    private static double[] meanColour(Picture picture) {
        double[] mean = new double[picture.colours()];
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                for (int colour = 0; colour < mean.length; colour++) {
                    mean[colour] += (double) picture.sample(x, y, colour) / picture.pixels();
                }
            }
        }
        return mean;
    }

    private static double[] roots(int patch, int colours) {
        double[] weights = new double[patch * patch];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double dx = i % patch - patch / 2;
            double dy = i / patch - patch / 2;
            double spread = SPREAD * patch;
            weights[i] = Math.exp(-(dx * dx + dy * dy) / (2 * spread * spread));
            sum += weights[i];
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.sqrt(weights[i] / (sum * colours));
        }
        return weights;
    }

    /** The number of features of a pixel: patch × patch × colours. */
    int channels() {
        return roots.length * picture.colours();
    }

    /**
     * The features of one pixel.
     *
     * @param x column
     * @param y row
     * @param features takes them from index {@code start} on
     * @param start first index
     */
    void of(int x, int y, float[] features, int start) {
        int at = start;
        for (int i = 0; i < roots.length; i++) {
            int px = mirrored(x + i % patch - patch / 2, picture.width());
            int py = mirrored(y + i / patch - patch / 2, picture.height());
            for (int colour = 0; colour < mean.length; colour++) {
                double sample = picture.sample(px, py, colour) - mean[colour];
                features[at++] = (float) (roots[i] * sample);
            }
        }
    }

    /** Beyond the border the picture goes on as in a mirror that stands on its last pixel. */
    static int mirrored(int index, int size) {
        if (size == 1) {
            return 0;
        }
        int period = 2 * (size - 1);
        int inPeriod = Math.floorMod(index, period);
        return Math.min(inPeriod, period - inPeriod);
    }
}
