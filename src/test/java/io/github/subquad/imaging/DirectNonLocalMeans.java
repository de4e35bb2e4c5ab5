package io.github.subquad.imaging;

/** Non-local means as the formula stands, pixel by pixel in float64, without attention. */
final class DirectNonLocalMeans {
    private final Picture picture;
    private final int patch;
    private final double sigma;
    private final double h;
    private final double[][] gaussian; // [patch, patch], sums to 1

    DirectNonLocalMeans(Picture picture, int patch, double sigma, double h) {
        this.picture = picture;
        this.patch = patch;
        this.sigma = sigma;
        this.h = h;
        this.gaussian = gaussian(patch, 0.3 * patch);
    }

    private static double[][] gaussian(int side, double spread) {
        double[][] weights = new double[side][side];
        double sum = 0;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double dx = x - side / 2;
                double dy = y - side / 2;
                weights[y][x] = Math.exp(-0.5 * (dx * dx + dy * dy) / (spread * spread));
                sum += weights[y][x];
            }
        }
        for (double[] row : weights) {
            for (int x = 0; x < side; x++) {
                row[x] /= sum;
            }
        }
        return weights;
    }

    /** The colour that a pixel becomes. */
    double[] colour(int x, int y) {
        double[] sum = new double[picture.colours()];
        double weights = 0;
        for (int y2 = 0; y2 < picture.height(); y2++) {
            for (int x2 = 0; x2 < picture.width(); x2++) {
                boolean self = x == x2 && y == y2;
                double distance = self ? 2 * sigma * sigma : distance(x, y, x2, y2);
                double weight = Math.exp(-distance / (h * h));
                weights += weight;
                for (int c = 0; c < sum.length; c++) {
                    sum[c] += weight * picture.sample(x2, y2, c);
                }
            }
        }
        for (int c = 0; c < sum.length; c++) {
            sum[c] /= weights;
        }
        return sum;
    }

    /** The mean squared difference of two patches, weighted. */
    private double distance(int x1, int y1, int x2, int y2) {
        double sum = 0;
        int radius = patch / 2;
        for (int dy = -radius; dy <= radius; dy++) {
            for (int dx = -radius; dx <= radius; dx++) {
                for (int c = 0; c < picture.colours(); c++) {
                    double difference =
                            (double) mirrored(x1 + dx, y1 + dy, c) - mirrored(x2 + dx, y2 + dy, c);
                    sum += gaussian[dy + radius][dx + radius] * difference * difference;
                }
            }
        }
        return sum / picture.colours();
    }

    private float mirrored(int x, int y, int colour) {
        return picture.sample(mirrored(x, picture.width()), mirrored(y, picture.height()), colour);
    }

    private static int mirrored(int i, int size) {
        while (i < 0 || i >= size) {
            i = i < 0 ? -i : 2 * (size - 1) - i;
        }
        return i;
    }
}
